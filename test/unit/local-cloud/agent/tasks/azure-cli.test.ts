import { checkTask } from "../../../../../local-cloud/agent/tasks";
import type { TaskStep } from "../../../../../local-cloud/agent/tasks/task";
import { TaskJob } from "../../../support/task-job";

jest.mock("../../../../../local-cloud/agent/containers/machine", () => ({
  agentUser: { name: "vsts", uid: process.getuid?.(), gid: process.getgid?.(), home: "/home/vsts" },
}));

type Command = Parameters<TaskStep<string>["exec"]>[0];

const identity = { id: "e-1", clientId: "client", tenantId: "tenant", federatedToken: "proof" };

let job: TaskJob;
/** What was run, in its order. */
let commands: Command[];
/** The exit codes of commands, by how these begin. */
let codes: Record<string, number>;
/** What the script does. */
let script: () => Promise<number>;
beforeEach(() => {
  job = new TaskJob();
  commands = [];
  codes = {};
  script = async () => 0;
  job.step = {
    ...job.step,
    environment: { A: "1" },
    azureIdentity: async (connection) => {
      if (connection !== "azure") throw new Error(`no connection ${connection}`);
      return { ...identity, subscriptionId: "sub", environment: "AzureCloud" };
    },
    exec: async (command) => {
      commands.push(command);
      const line = command.args.join(" ");
      if (command.args[0] === "bash") return script();
      const [, code = 0] = Object.entries(codes).find(([start]) => line.startsWith(start)) ?? [];
      if (code !== 0) command.line("ERROR: because");
      return code;
    },
  };
});
afterEach(() => job.remove());

const lines = () => commands.map(({ args }) => args.join(" "));
const inputs = {
  azureSubscription: "azure",
  scriptType: "bash",
  scriptLocation: "inlineScript",
  inlineScript: "az group list",
};

test("AzureCLI@2 signs in by the connection's token, runs the script so, and signs out", async () => {
  await job.run("AzureCLI@2", { ...inputs, arguments: '-a "b c"' });
  const [directory = ""] = commands.map(({ environment }) => environment.AZURE_CONFIG_DIR ?? "");
  expect(directory).toMatch(/^\/w\/_temp\/\.azclitask-[0-9a-f]{6}$/);
  const who = "--service-principal -u client --tenant tenant --allow-no-subscriptions";
  expect(lines()).toEqual([
    "sh -c command -v az",
    "az --version",
    "az cloud set -n AzureCloud",
    `az login ${who} --federated-token proof`,
    "az account set --subscription sub",
    expect.stringMatching(/^bash \/w\/_temp\/azureclitaskscript\d+\.sh -a b c$/),
    "az account clear",
    `rm -rf ${directory}`,
  ]);
  const run = commands.find(({ args }) => args[0] === "bash");
  expect(job.read(run?.args[1] ?? "")).toBe("az group list");
  expect(run).toMatchObject({ directory: "/w/1/s" });
  expect(run?.environment).toEqual({
    ...{ A: "1", AZURE_CONFIG_DIR: directory, AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: "e-1" },
    ...{ AZURESUBSCRIPTION_CLIENT_ID: "client", AZURESUBSCRIPTION_TENANT_ID: "tenant" },
  });
});

test("what signing in prints is left out, and the identity handed on, if the inputs say so", async () => {
  await job.run("AzureCLI@2", {
    ...inputs,
    visibleAzLogin: "false",
    addSpnToEnvironment: "true",
    useGlobalConfig: "true",
  });
  expect(lines().find((line) => line.startsWith("az login"))).toMatch(/ --output none$/);
  expect(commands.find(({ args }) => args[0] === "bash")?.environment).toMatchObject({
    ...{ servicePrincipalId: "client", idToken: "proof", tenantId: "tenant" },
  });
  expect(commands.every(({ environment }) => environment.AZURE_CONFIG_DIR === undefined)).toBe(true);
});

test("a session that is to be kept is signed in again every eight minutes while the script runs", async () => {
  jest.useFakeTimers();
  try {
    script = async () => {
      await jest.advanceTimersByTimeAsync(17 * 60_000);
      return 0;
    };
    await job.run("AzureCLI@2", { ...inputs, keepAzSessionActive: "true" });
    expect(lines().filter((line) => line.startsWith("az login"))).toHaveLength(3);
    await jest.advanceTimersByTimeAsync(60 * 60_000);
    expect(lines().filter((line) => line.startsWith("az login"))).toHaveLength(3);
  } finally {
    jest.useRealTimers();
  }
});

test("AzureCLI@1 runs a script file in its own folder", async () => {
  job.write("/w/1/s/deploy/up.sh", "");
  await job.run("AzureCLI@1", { azureSubscription: "azure", scriptPath: "deploy/up.sh", args: "x" });
  const run = commands.find(({ args }) => args[0] === "bash");
  expect(run).toMatchObject({ args: ["bash", "/w/1/s/deploy/up.sh", "x"], directory: "/w/1/s/deploy" });
  expect(Object.keys(run?.environment ?? {})).toEqual(["A", "AZURE_CONFIG_DIR"]);
});

test.each<[string, Record<string, string>, Record<string, number>, string]>([
  ["AzureCLI@2", {}, { bash: 3 }, "Script failed with exit code: 3"],
  ["AzureCLI@1", {}, { bash: 3 }, "Script failed with error: Error: The process '/bin/bash' failed with exit code 3"],
  ["AzureCLI@2", {}, { sh: 127 }, "Azure CLI 2.x is not installed on this machine."],
  ["AzureCLI@2", {}, { "az login": 1 }, "Error Code: [1]\nError: Azure login failed\nERROR: because"],
  ["AzureCLI@2", { azureSubscription: "other" }, {}, "no connection other"],
  ["AzureCLI@2", { scriptLocation: "scriptPath", scriptPath: "a.py" }, {}, "Script file could not be found at"],
  ["AzureCLI@2", { inlineScript: "" }, {}, "Input required: inlineScript"],
])("%s with %j fails where %j", async (task, given, failing, message) => {
  codes = failing;
  script = async () => failing.bash ?? 0;
  const { scriptType: _, ...common } = inputs;
  await expect(job.run(task, { ...(task === "AzureCLI@2" ? inputs : common), ...given })).rejects.toThrow(message);
});

test("what it does not do is refused when a run is queued", () => {
  expect(checkTask("AzureCLI@2", { ...inputs, scriptType: "pscore" })).toMatchObject([{ input: "scriptType" }]);
  expect(checkTask("AzureCLI@2", { ...inputs, failOnStandardError: "true" })).toMatchObject([
    { input: "failOnStandardError" },
  ]);
  expect(checkTask("AzureCLI@2", { scriptType: "bash" })).toEqual([
    { message: "Input required: connectedServiceNameARM" },
  ]);
  expect(checkTask("AzureCLI@1", { ...inputs })).toMatchObject([{ input: "scriptType" }]);
});
