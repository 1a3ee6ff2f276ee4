import { spawnSync } from "node:child_process";
import { hostname } from "node:os";
import { ConcurrentUpdateError } from "@pulumi/pulumi/automation";
import type { IBuildApi } from "azure-devops-node-api/BuildApi";
import { operate } from "../../../../src/cli/env/interrupted";
import { LocalAzureDevOps } from "../../support/local-azure-devops";
import { commandFailed, contextOf, TestStack, TestStacks } from "../../support/test-stacks";

let azureDevOps: LocalAzureDevOps;
let api: IBuildApi;
beforeAll(async () => {
  azureDevOps = await LocalAzureDevOps.start();
  api = await azureDevOps.client.getBuildApi();
});
afterAll(() => azureDevOps.close());

let stack: TestStack;
let context: ReturnType<typeof contextOf>;
beforeEach(() => {
  stack = new TestStack("dev-a");
  context = contextOf(new TestStacks(azureDevOps.url));
});

/** Does something that is refused while the stack is locked. */
async function work(message: string): Promise<string> {
  return operate(context, stack, async () => {
    if (stack.isLocked) throw new ConcurrentUpdateError(message);
    return "done";
  });
}

const lockedBy = (host: string, pid: number | undefined) =>
  `error: the stack is currently locked by 1 lock(s). file:///stacks/a: created by me@${host} (pid ${pid}) at 2026-11-24T12:00:00Z`;

/** The id of a process that has ended. */
function endedProcess(): number {
  return spawnSync(process.execPath, ["--version"]).pid;
}

test("what is gone with all that was on it is forgotten before the operation is tried again", async () => {
  stack.isLocked = false;
  const gone = "3fcf1e70-c982-4b6d-aa21-cd4d330c0089";
  const { projectId } = azureDevOps;
  const inputs = { projectId, type: "endpoint", resourceId: gone, pipelineId: 1 };
  const type = "azuredevops:index/pipelineAuthorization:PipelineAuthorization";
  stack.resources = [
    { urn: "urn::kept", type: "x" },
    { urn: "urn::of", type, inputs },
  ];
  const tries: [boolean, string[]][] = [];
  await operate(context, stack, async (refresh) => {
    tries.push([refresh, stack.resources.map(({ urn }) => urn)]);
    if (tries.length === 1) throw commandFailed(`The endpoint with id ${gone} does not exist in project ${projectId}.`);
  });
  expect(tries).toEqual([
    [false, ["urn::kept", "urn::of"]],
    [true, ["urn::kept"]],
  ]);
});

describe("a lock", () => {
  test("of a process on this machine that is no more is taken away, and the work is done", async () => {
    const pid = endedProcess();
    expect(await work(lockedBy(hostname(), pid))).toBe("done");
    expect(context.said).toEqual([`A command that was killed (process ${pid}) left the stack locked: unlocked.`]);
  });

  test.each([
    ["of a process that lives", () => lockedBy(hostname(), process.pid), `by process ${process.pid} on`],
    ["of another user's process that lives", () => lockedBy(hostname(), 1), "by process 1 on"],
    ["of another machine", () => lockedBy("elsewhere", endedProcess()), "on elsewhere since 2026-11-24T12:00:00Z."],
    ["of nobody knows whom", () => "error: [409] Conflict: Another update is currently in progress.", "worked on."],
  ])("%s stays, and it says what to do", async (_, message, expected) => {
    const refusal: Error = await work(message()).then(
      () => Error("it was done"),
      (error) => error,
    );
    expect(refusal.message).toContain(`the stack dev-a is being worked on`);
    expect(refusal.message).toContain(expected);
    expect(refusal.message).toContain("pulumi cancel dev-a");
    expect(stack.isLocked).toBe(true);
  });

  test("of two processes stays as long as one of them lives", async () => {
    const both = [endedProcess(), process.pid].map((pid) => lockedBy(hostname(), pid)).join("\n");
    await expect(work(both)).rejects.toThrow("is being worked on");
    expect(stack.isLocked).toBe(true);
  });
});

test("a failure of Pulumi is one for a person; a defect stays one", async () => {
  const failing = (error: Error) => operate(context, stack, () => Promise.reject(error));
  await expect(failing(commandFailed("error: refused"))).rejects.toThrow(
    "Pulumi failed on the stack dev-a; see above.",
  );
  await expect(failing(new TypeError("undefined is not a function"))).rejects.toThrow(TypeError);
});

test("an identity that exists already, in the base's resource group, is the branch's: it is taken over", async () => {
  const group = "/subscriptions/s/resourceGroups/rg-job-container-dev";
  const base = new TestStack("dev");
  const groupType = "azure-native:resources:ResourceGroup";
  base.resources = [
    {
      ...{ urn: `urn:pulumi:dev::job-container::${groupType}::job-container`, type: groupType, id: group },
      inputs: { resourceGroupName: "rg-job-container-dev" },
    },
  ];
  context.stacks.openBase = async () => base;
  const type = "azure-native:managedidentity:UserAssignedIdentity";
  const urn = `urn:pulumi:dev-a::job-container::${type}::job-container-push`;
  const inputs = { resourceName: "id-acrconnection-push-a", resourceGroupName: "rg-job-container-dev" };
  const id = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-acrconnection-push-a`;
  const isKnown = () => stack.resources.some((resource) => resource.urn === urn);
  Object.assign(stack, {
    preview: async ({ onEvent }: { onEvent: (event: object) => void }) => {
      const created = { urn, type, inputs };
      if (!isKnown()) onEvent({ resourcePreEvent: { metadata: { op: "create", new: created } } });
    },
  });
  const done = await operate(context, stack, async () => {
    if (!isKnown()) throw commandFailed(`error: cannot create already existing resource '${id}'`);
    return "done";
  });
  expect(done).toBe("done");
  expect(stack.resources).toMatchObject([{ urn, id }]);
});

describe("what was under way", () => {
  const type = "azuredevops:index/buildDefinition:BuildDefinition";
  const urn = `urn:pulumi:dev-a::job-container::${type}::model`;
  const path = "\\branches";
  const inputs = () => ({
    ...{ projectId: azureDevOps.projectId, name: "model (a)", path },
    repository: { repoId: azureDevOps.repositoryId, ymlPath: "docker/docker-image-pipeline.yml" },
  });
  const done = () => operate(context, stack, async () => "done");

  async function define(name: string, folder = path): Promise<number> {
    const repository = { id: azureDevOps.repositoryId, type: "TfsGit", defaultBranch: "main" };
    const process = { type: 2, yamlFilename: "docker/docker-image-pipeline.yml" };
    const { id = 0 } = await api.createDefinition({ name, path: folder, repository, process }, "mlops");
    return id;
  }
  const definitions = async () => (await api.getDefinitions("mlops")).map(({ id }) => id);
  afterEach(async () => {
    for (const id of await definitions()) await api.deleteDefinition("mlops", id ?? 0);
  });

  test("is forgotten, for it can be done once more", async () => {
    const resource = {
      urn: "urn:pulumi:dev-a::job-container::docker-build:index:Image::image",
      type: "docker-build:index:Image",
    };
    stack.pending = [{ type: "updating", resource }];
    expect(await done()).toBe("done");
    expect(stack.pending).toEqual([]);
    expect(context.said).toEqual([
      "docker-build:index:Image image was being changed (updating) when a command was interrupted.",
    ]);
  });

  test("is a definition that was being adopted: it is somebody's, and stays", async () => {
    const teams = await define("model (a)");
    stack.pending = [{ type: "importing", resource: { urn, type, inputs: inputs() } }];
    await done();
    expect(await definitions()).toEqual([teams]);
    expect(stack.pending).toEqual([]);
  });

  test("is a definition that is there and that the state does not know: it is deleted, and no other", async () => {
    const orphan = await define("model (a)");
    const others = [await define("model (b)"), await define("model (a)", "\\elsewhere")];
    stack.pending = [{ type: "creating", resource: { urn, type, inputs: inputs() } }];
    await done();
    expect(await definitions()).toEqual(others);
    expect(context.said).toContain(
      `The definition model (a) (${orphan}) was created by it: deleted, and will be created again.`,
    );
    expect(stack.pending).toEqual([]);
  });

  test("is a definition that was not made yet: nothing is deleted", async () => {
    const other = await define("model (b)");
    stack.pending = [{ type: "creating", resource: { urn, type, inputs: inputs() } }];
    expect(await done()).toBe("done");
    expect(await definitions()).toEqual([other]);
  });

  test("is a definition that the state knows, or was being changed: it stays", async () => {
    const known = await define("model (a)");
    stack.resources = [{ urn, type, id: String(known), inputs: inputs() }];
    stack.pending = [
      { type: "creating", resource: { urn, type, inputs: inputs() } },
      { type: "updating", resource: { urn, type, id: String(known), inputs: inputs() } },
    ];
    await done();
    expect(await definitions()).toEqual([known]);
  });

  test("is left to the command that is still at work on it", async () => {
    const made = await define("model (a)");
    stack.pending = [{ type: "creating", resource: { urn, type, inputs: inputs() } }];
    stack.whenRefreshed = () => {
      throw new ConcurrentUpdateError(lockedBy(hostname(), process.pid));
    };
    await expect(done()).rejects.toThrow(`the stack dev-a is being worked on by process ${process.pid}`);
    expect(await definitions()).toEqual([made]);
    expect(stack.pending).toHaveLength(1);
  });

  test("is nothing any more once that command has ended: what it has made stays", async () => {
    const made = await define("model (a)");
    stack.pending = [{ type: "creating", resource: { urn, type, inputs: inputs() } }];
    stack.whenRefreshed = () => {
      stack.pending = [];
      stack.resources = [{ urn, type, id: String(made), inputs: inputs() }];
    };
    expect(await done()).toBe("done");
    expect(await definitions()).toEqual([made]);
    expect(context.said).toEqual([]);
  });

  test("stays written down if Azure DevOps refuses, for the next time", async () => {
    context.env.AZDO_PERSONAL_ACCESS_TOKEN = "expired";
    stack.pending = [{ type: "creating", resource: { urn, type, inputs: inputs() } }];
    await expect(done()).rejects.toThrow("lacks the scope Build (read & execute)");
    expect(stack.pending).toHaveLength(1);
  });
});
