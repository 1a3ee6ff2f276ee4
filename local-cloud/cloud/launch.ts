import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../src/common/errors";
import { startTimeOf } from "../../src/common/start-time";
import { programArguments } from "../package/files";
import { supervisorName, writeProcesses } from "../processes/processes";
import type { CloudOptions } from "./cloud";
import type { Layout } from "./layout";

/** What the supervisor tells the command that started it, once. */
export type SupervisorMessage = { ready: true } | { error: string };

/**
 * Starts the supervisor in a session of its own, so that it outlives the terminal, and returns once every service
 * answers. Until then it watches the channel to this process and ends itself when that is gone.
 * @throws UserError when a service cannot be started; the supervisor has then ended what it had started.
 */
export async function launchSupervisor(layout: Layout, options: CloudOptions): Promise<void> {
  mkdirSync(layout.logs, { recursive: true });
  const logFile = join(layout.logs, "supervisor.log");
  const log = openSync(logFile, "a");
  const child = spawn(process.execPath, [...programArguments("cloud/supervisor"), options.directory], {
    cwd: layout.directory,
    detached: true,
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
    stdio: ["ignore", log, log, "ipc"],
  });
  closeSync(log);
  const startTime = child.pid === undefined ? undefined : startTimeOf(child.pid);
  if (child.pid !== undefined && startTime !== undefined) {
    const processes = [{ name: supervisorName, pid: child.pid, startTime }];
    writeProcesses(layout.processes, { ready: false, processes });
  }
  try {
    await new Promise<void>((resolve, reject) => {
      child.send(options); // not as an argument: there is a token in it, and everybody can read a process's arguments
      child.once("message", (message: SupervisorMessage) =>
        "error" in message ? reject(new UserError(message.error)) : resolve(),
      );
      child.once("error", reject);
      child.once("exit", () =>
        reject(new UserError(`the local cloud's supervisor ended early; its log is ${logFile}`)),
      );
    });
  } finally {
    if (child.connected) child.disconnect();
    child.unref();
  }
}
