import { rmSync } from "node:fs";
import { UserError } from "../../src/common/errors";
import { startTimeOf } from "../../src/common/start-time";
import type { ProcessRecord } from "../processes/process";
import { supervisorName, writeProcesses } from "../processes/processes";
import { type Cloud, type CloudOptions, startCloud } from "./cloud";
import type { SupervisorMessage } from "./launch";
import { layoutOf } from "./layout";
import { removeVariables, writeVariables } from "./variables";

/**
 * The one process behind a local cloud: it holds the emulated services, owns the real ones (BuildKit, the registries)
 * and ends them when it is told to end. What it is to run comes as a message from the command that starts it, which
 * gets one `SupervisorMessage` in return; everything else that it has to say goes to its log.
 */
async function supervise(options: CloudOptions): Promise<void> {
  const layout = layoutOf(options.directory);
  const self = { name: supervisorName, pid: process.pid, startTime: startTimeOf(process.pid) ?? 0 };
  let cloud: Cloud | undefined;
  let ending = false;

  const record = (ready: boolean, own: ProcessRecord[]) => {
    if (!ending) writeProcesses(layout.processes, { ready, processes: [self, ...own] });
  };
  const end = async (reason: string) => {
    if (ending) return;
    ending = true;
    log(`stopping: ${reason}`);
    await cloud?.stop();
    rmSync(layout.processes, { force: true });
    removeVariables(layout);
    process.exit();
  };
  const starterGone = () => end("the command that started it is gone");
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => end(signal));
  process.on("disconnect", starterGone);

  log(`starting in ${layout.directory}`);
  try {
    cloud = await startCloud(options, (own) => record(cloud !== undefined, own));
  } catch (error) {
    log(describe(error));
    tell({ error: error instanceof UserError ? error.message : describe(error) });
    return end("it could not start");
  }
  record(true, cloud.processes());
  writeVariables(layout, options.settings, self);
  process.off("disconnect", starterGone);
  log("ready");
  tell({ ready: true });
}

function tell(message: SupervisorMessage): void {
  if (process.connected) process.send?.(message);
}

function log(text: string): void {
  process.stdout.write(`${new Date().toISOString()} ${text}\n`);
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

process.once("message", (options: CloudOptions) => void supervise(options));
