import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { ProgramInfo, type RunRequest, RunResponse } from "@pulumi/pulumi/proto/language_pb";
import { formatConfig, readOptions } from "./options";

/** The SDK's exit code for "it failed, and the person has been told why". */
const alreadyExplained = 32;

/** How long an interrupted program may clean up before it is killed, in milliseconds. */
const patience = 5000;

const running = new Set<ChildProcess>();

/** Runs a program in Node, under the SDK of its own `node_modules`, to its end. Its output is this process's. */
export async function runProgram(request: RunRequest, engineAddress: string): Promise<RunResponse> {
  const response = new RunResponse();
  const info = request.getInfo() ?? new ProgramInfo();
  const options = readOptions(info.getOptions()?.toJavaScript() ?? {});
  const child = spawn(process.execPath, [...options.nodeArguments, ...programArguments(request, info, engineAddress)], {
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...process.env,
      PULUMI_CONFIG: formatConfig(request.getConfigMap().toArray()),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      ...(options.typescript && { PULUMI_NODEJS_TYPESCRIPT: "true" }),
      ...(options.tsconfig && { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig }),
    },
  });
  running.add(child);
  const end = await new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.on("error", reject).on("exit", (code, signal) => resolve(code ?? signal));
  }).finally(() => running.delete(child));
  if (end === alreadyExplained) response.setBail(true);
  else if (typeof end !== "number") response.setError(`Program was ended by ${end}`);
  else if (end !== 0) response.setError(`Program exited with non-zero exit code: ${end}`);
  return response;
}

/** Ends the programs that run: politely, and after a while for good. */
export function stopPrograms(): void {
  for (const child of running) {
    child.kill("SIGINT");
    setTimeout(() => child.kill("SIGKILL"), patience).unref();
  }
}

/** The command line of the SDK's runner, which loads the program. @throws Error when the SDK is not installed. */
function programArguments(request: RunRequest, info: ProgramInfo, engineAddress: string): string[] {
  const directory = info.getProgramDirectory();
  const flags = {
    monitor: request.getMonitorAddress(),
    engine: engineAddress,
    organization: request.getOrganization(),
    project: request.getProject(),
    "root-directory": info.getRootDirectory(),
    stack: request.getStack(),
    pwd: directory,
    parallel: String(request.getParallel()),
  };
  return [
    locateInSdk(directory, "cmd/run"),
    ...Object.entries(flags).flatMap(([name, value]) => (value === "" ? [] : [`--${name}`, value])),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    info.getEntryPoint() || ".",
    ...request.getArgsList(),
  ];
}

/** A module of the SDK that a folder finds. @throws Error when the SDK is not installed. */
export function locateInSdk(directory: string, module: string): string {
  try {
    return createRequire(join(directory, "package.json")).resolve(`@pulumi/pulumi/${module}`);
  } catch {
    throw new Error(`@pulumi/pulumi is not installed in ${directory}: run npm ci there`);
  }
}
