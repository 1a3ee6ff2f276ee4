import { requireSettable } from "../../../../src/cli/image/queue-time";
import { UserError } from "../../../../src/common/errors";
import { type AnsweringServer, answeringServer } from "../../support/answering-server";

let server: AnsweringServer;
afterEach(() => server.close());

/** What becomes of a run that was queued with variables. */
async function queuedWith(set: object | undefined, variables: NodeJS.ProcessEnv = {}) {
  server = await answeringServer({
    "/contoso/p/_apis/build/builds/7": { parameters: set && JSON.stringify(set) },
    "/contoso/p/_apis/build/definitions/3": {
      ...{ id: 3, name: "image", path: "\\", revision: 1, process: {}, repository: { id: "r" } },
      variables: { imageRepository: { value: "mlops/model" }, amlsdkversion: { value: "", allowOverride: true } },
    },
  });
  return requireSettable({
    ...{ SYSTEM_ACCESSTOKEN: "t", SYSTEM_COLLECTIONURI: `${server.url}/contoso/`, SYSTEM_TEAMPROJECTID: "p" },
    ...{ BUILD_BUILDID: "7", SYSTEM_DEFINITIONID: "3", ...variables },
  });
}

test("a run that sets what its definition lets it set goes on", async () => {
  expect(await queuedWith(undefined)).toBeUndefined();
  await server.close();
  expect(await queuedWith({ AMLSDKVERSION: "1.2.3", "system.debug": "true" })).toBeUndefined();
});

test.each([{ imageRepository: "mlops/other" }, { registryConnection: "other" }, { PATH: "/evil" }])(
  "a run that sets another ends before anything is built: %j",
  async (set) => {
    await expect(queuedWith({ amlsdkversion: "1", ...set })).rejects.toThrow(
      `the run was queued with ${Object.keys(set)[0]}, which its definition does not let a run set.`,
    );
  },
);

test("where the token may not read the definition, it says that nothing was checked", async () => {
  expect(await queuedWith({ imageRepository: "mlops/other" }, { SYSTEM_DEFINITIONID: "4", BUILD_BUILDID: "8" })).toBe(
    "the run's token may not read its definition (there is no such API): which variables were set at queue time is not checked",
  );
});

test("where the step has no token, it says that nothing was checked", async () => {
  expect(await queuedWith({ imageRepository: "mlops/other" }, { SYSTEM_ACCESSTOKEN: "" })).toMatch(/is not checked$/);
});

test("where Azure DevOps does not answer, that is all that is said", async () => {
  const unreachable = queuedWith({}, { SYSTEM_COLLECTIONURI: "http://127.0.0.1:1/contoso/" });
  await expect(unreachable).rejects.toThrow(UserError);
  await expect(unreachable).rejects.toThrow("http://127.0.0.1:1 does not answer");
});
