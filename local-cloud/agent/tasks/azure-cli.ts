import { randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import { posix } from "node:path";
import { messageOf } from "../../../src/common/errors";
import type { AzureIdentity } from "../connection";
import { splitArguments } from "../docker/arguments";
import { sameText } from "./inputs";
import type { Task, TaskInputs, TaskStep } from "./task";

const inputs = {
  connectedServiceNameARM: { aliases: ["azureSubscription"], required: true },
  scriptLocation: { default: "scriptPath", values: ["inlineScript", "scriptPath"] },
  scriptPath: {},
  inlineScript: { verbatim: true },
  addSpnToEnvironment: { default: false },
  useGlobalConfig: { default: false },
  cwd: { aliases: ["workingDirectory"] },
  failOnStandardError: { default: false, values: ["false"] },
} satisfies TaskInputs;

const inputs1 = { ...inputs, args: { aliases: ["arguments"] } } satisfies TaskInputs;

const inputs2 = {
  ...inputs,
  scriptType: { required: true, values: ["bash"] },
  scriptArguments: { aliases: ["arguments"] },
  visibleAzLogin: { default: true },
  keepAzSessionActive: { default: false },
} satisfies TaskInputs;

type CliStep = TaskStep<keyof typeof inputs>;

/** How often the task signs in again while the script runs, in milliseconds: before the token of ten minutes ends. */
const refreshInterval = 8 * 60_000;

/**
 * AzureCLI@1 (https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/azure-cli-v1), for connections with
 * workload identity federation.
 */
export const azureCli1: Task = {
  ...{ name: "AzureCLI", version: 1, inputs: inputs1 },
  run: async (step: TaskStep<keyof typeof inputs1>) => {
    const script = scriptOf(step, (path) => step.workspace.exists(path));
    const fromFile = sameText(step.input("scriptLocation"), "scriptPath");
    const cwd = step.input("cwd") || (fromFile ? posix.dirname(script) : "");
    const how = { quiet: false, refresh: false, named: false };
    const code = await runSignedIn(step, { script, cwd, args: step.input("args"), ...how });
    if (code !== 0) {
      throw new Error(`Script failed with error: Error: The process '/bin/bash' failed with exit code ${code}`);
    }
  },
};

/** AzureCLI@2 (https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/azure-cli-v2), for scripts of bash. */
export const azureCli2: Task = {
  ...{ name: "AzureCLI", version: 2, inputs: inputs2 },
  run: async (step: TaskStep<keyof typeof inputs2>) => {
    const script = scriptOf(step, (path) => path.toLowerCase().endsWith(".sh") && isFile(step, path));
    const code = await runSignedIn(step, {
      ...{ script, cwd: step.input("cwd"), args: step.input("scriptArguments") },
      ...{ quiet: !step.isOn("visibleAzLogin"), refresh: step.isOn("keepAzSessionActive"), named: true },
    });
    if (code !== 0) throw new Error(`Script failed with exit code: ${code}`);
  },
};

interface Script {
  script: string;
  cwd: string;
  args: string;
  /** Whether what signing in prints is not shown. */
  quiet: boolean;
  /** Whether it signs in again while the script runs. */
  refresh: boolean;
  /** Whether the script is told who it is. */
  named: boolean;
}

/** Signs in, runs a script, and signs out. @returns the script's exit code */
async function runSignedIn(step: CliStep, { script, cwd, args, ...how }: Script): Promise<number> {
  const { workspace, log, signal, exec } = step;
  const temporary = posix.join(workspace.paths.temporary, `.azclitask-${randomBytes(3).toString("hex")}`);
  const isOwn = !step.isOn("useGlobalConfig");
  const environment: Record<string, string> = { ...step.environment, ...(isOwn && { AZURE_CONFIG_DIR: temporary }) };
  const command = (commandLine: string[], line: (text: string) => void) =>
    exec({ args: commandLine, environment, directory: workspace.paths.sources, signal, line });
  const az = async (what: string, ...words: string[]) => {
    log.line(`[command]az ${words.join(" ")}`);
    const said: string[] = [];
    const code = await command(["az", ...words], (text) => {
      said.push(text);
      log.output(text);
    });
    if (code !== 0) throw new Error([`Error Code: [${code}]`, `Error: ${what}`, ...said].join("\n"));
  };
  const logIn = async ({ clientId, tenantId, subscriptionId, federatedToken }: AzureIdentity) => {
    const who = ["--service-principal", "-u", clientId, "--tenant", tenantId, "--allow-no-subscriptions"];
    const output = how.quiet ? ["--output", "none"] : [];
    await az("Azure login failed", "login", ...who, "--federated-token", federatedToken, ...output);
    if (subscriptionId) {
      await az("Error in setting up subscription", "account", "set", "--subscription", subscriptionId);
    }
  };

  // Where the job runs: an image need not have it.
  if ((await command(["sh", "-c", "command -v az"], () => {})) !== 0) {
    throw new Error("Azure CLI 2.x is not installed on this machine.");
  }
  await az("az does not run", "--version");
  if (isOwn) log.line(`Setting AZURE_CONFIG_DIR env variable to: ${temporary}`);
  const current = () => step.azureIdentity(step.input("connectedServiceNameARM"));
  const identity = await current();
  if (identity.environment !== undefined) {
    log.line(`Setting active cloud to: ${identity.environment}`);
    await az("The cloud could not be set", "cloud", "set", "-n", identity.environment);
  }
  let timer: NodeJS.Timeout | undefined;
  try {
    await logIn(identity);
    const again = () =>
      current()
        .then(logIn)
        .catch((error: unknown) =>
          log.warn(`The following error occurred while trying to refresh az-cli session: ${messageOf(error)}`),
        );
    if (how.refresh) timer = setInterval(again, refreshInterval);
    return await exec({
      args: ["bash", script, ...splitArguments(args)],
      environment: {
        ...environment,
        ...(how.named && named(identity)),
        ...(step.isOn("addSpnToEnvironment") && spn(identity)),
      },
      ...{ directory: workspace.insidePath(cwd), signal, line: (text) => log.output(text) },
    });
  } finally {
    clearInterval(timer);
    await command(["az", "account", "clear"], (text) => log.output(text));
    if (isOwn) await command(["rm", "-rf", temporary], () => {});
  }
}

function named({ id, clientId, tenantId }: AzureIdentity) {
  return {
    AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: id,
    AZURESUBSCRIPTION_CLIENT_ID: clientId,
    AZURESUBSCRIPTION_TENANT_ID: tenantId,
  };
}

function spn({ clientId, tenantId, federatedToken }: AzureIdentity) {
  return { servicePrincipalId: clientId, idToken: federatedToken, tenantId };
}

/** The script's path for steps. @param isScript whether a file may be one */
function scriptOf({ input, workspace }: CliStep, isScript: (path: string) => boolean): string {
  if (!sameText(input("scriptLocation"), "scriptPath")) {
    const text = input("inlineScript");
    if (text === "") throw new Error("Input required: inlineScript");
    return workspace.writeTemporary(`azureclitaskscript${Date.now()}.sh`, text);
  }
  const path = input("scriptPath");
  if (path === "") throw new Error("Input required: scriptPath");
  const script = workspace.insidePath(path);
  if (isScript(script)) return script;
  throw new Error(
    `Script file could not be found at specified script location: '${script}'. Please verify the script exists at the ` +
      "specified path. If you want to use inline script, specify input `Script Location` as `inlineScript`.",
  );
}

function isFile({ workspace }: CliStep, path: string): boolean {
  return workspace.exists(path) && statSync(workspace.hostPath(path)).isFile();
}
