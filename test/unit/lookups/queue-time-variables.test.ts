import * as pulumi from "@pulumi/pulumi";
import { warnOfQueueTimeVariables } from "../../../src/lookups/queue-time-variables";
import { answeringServer } from "../support/answering-server";

const warned = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
const said = jest.spyOn(pulumi.log, "info").mockResolvedValue();
beforeEach(() => jest.clearAllMocks());

async function lookAt(settings: object | undefined, project: Promise<unknown> = Promise.resolve()): Promise<void> {
  const answers: Record<string, object> =
    settings === undefined ? {} : { "/contoso/mlops/_apis/build/generalsettings": settings };
  const server = await answeringServer(answers);
  try {
    await warnOfQueueTimeVariables({ organizationUrl: `${server.url}/contoso`, project: "mlops", token: "t" }, project);
  } finally {
    await server.close();
  }
}

test("a project in which a run may set any variable is warned of", async () => {
  await lookAt({ enforceSettableVar: false });
  expect(warned).toHaveBeenCalledWith(expect.stringMatching(/^whoever may queue a run may set any variable in it/));
});

test("one that limits them is not", async () => {
  await lookAt({ enforceSettableVar: true });
  expect([warned, said].map(({ mock }) => mock.calls)).toEqual([[], []]);
});

test("what cannot be read is said to be unknown", async () => {
  await lookAt(undefined);
  expect(warned).not.toHaveBeenCalled();
  expect(said).toHaveBeenCalledWith(expect.stringMatching(/is not known: there is no such API$/));
});

test("nothing is said of a project that does not exist: that is said already", async () => {
  const missing = Promise.reject(new Error("there is no such project"));
  missing.catch(() => {});
  for (const settings of [undefined, { enforceSettableVar: false }]) {
    await expect(lookAt(settings, missing)).rejects.toThrow("there is no such project");
  }
  expect([warned, said].map(({ mock }) => mock.calls)).toEqual([[], []]);
});
