import { readOwnOutputs } from "../../../src/lookups/own-outputs";
import { hasSharedConnection } from "../../../src/lookups/shared-connection";
import { registered } from "../support/mock-cloud";

const connection = { id: "1", name: "acrconnection" };

test.each([
  ["is new", {}, false],
  ["is up with one connection", { serviceConnection: connection }, true],
  ["is up with two", { serviceConnection: connection, pushConnection: { id: "2", name: "acrconnection-push" } }, false],
  ["has lost the one in a destroy that failed", { serviceConnection: { name: "acrconnection" } }, true],
  ["has lost one of two so", { serviceConnection: connection, pushConnection: { name: "acrconnection-push" } }, false],
])("a stack that %s: whether it shares its connection", async (_, outputs, shared) => {
  const asked: unknown[] = [];
  const answer = (inputs: Record<string, unknown>) => {
    asked.push(inputs.name);
    return { name: inputs.name, outputs };
  };
  await registered({ functions: { "pulumi:pulumi:readStackOutputs": answer } }, async () => {
    expect(hasSharedConnection(await readOwnOutputs())).toBe(shared);
  });
  expect(asked).toEqual(["organization/job-container/test"]);
});
