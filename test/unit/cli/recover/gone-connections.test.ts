import { WebApi } from "azure-devops-node-api";
import { readState } from "../../../../src/cli/env/state";
import { connectionType } from "../../../../src/cli/recover/azure-devops";
import { goneConnections } from "../../../../src/cli/recover/gone-connections";
import { contextOf, TestStack, TestStacks } from "../../support/test-stacks";

const urn = `urn:pulumi:dev::job-container::${connectionType}::job-container`;
const inputs = { projectId: "mlops", serviceEndpointName: "acrconnection" };

/** Which connections of the state are gone, where the list has none, and the one is answered so. */
async function gone(one: () => Promise<unknown>): Promise<string[]> {
  const api: object = { getServiceEndpoints: async () => [], getServiceEndpointDetails: one };
  jest.spyOn(WebApi.prototype, "getServiceEndpointApi").mockImplementation(async () => Object.create(api));
  const stack = new TestStack("dev");
  stack.resources = [{ urn, type: connectionType, id: "1", inputs }];
  const context = contextOf(new TestStacks("http://azure-devops.test/local"));
  return [...(await goneConnections(context, await readState(stack)))];
}

afterEach(() => jest.restoreAllMocks());

test("one that does not exist is gone", async () => {
  expect(await gone(async () => null)).toEqual([urn]);
});

test("one that a list leaves out, and that is there when it is asked for, is not", async () => {
  expect(await gone(async () => ({ id: "1" }))).toEqual([]);
});

test("one that this identity may not see is not", async () => {
  const refused = Object.assign(new Error("You do not have permissions on it."), { statusCode: 403 });
  await expect(gone(() => Promise.reject(refused))).rejects.toThrow(
    "looking for the stack's service connections failed: You do not have permissions on it.",
  );
});
