import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { UserError } from "../../src/common/errors";
import { withoutNpmScript } from "../../src/common/npm";
import { environmentOf } from "./environment";
import type { Layout } from "./layout";
import { readCloudSettings } from "./settings";
import { cloudStatus, notRunningError } from "./status";

/**
 * Runs a command with the environment that leads it to the local cloud, on this terminal.
 * @returns the command's exit code; 128 and the signal's number when a signal ended it, as shells have it.
 * @throws UserError when the local cloud does not run, or there is no such command.
 */
export async function exec(layout: Layout, command: string, args: string[]): Promise<number> {
  const settings = readCloudSettings(layout);
  if (settings === undefined || !cloudStatus(layout).running) throw notRunningError(layout);
  return runCommand(command, args, environmentOf(layout, settings, process.env));
}

/** Runs a command on this terminal and passes on the signals that reach this process alone. */
export function runCommand(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    let child: ChildProcess | undefined;
    const forward = (signal: NodeJS.Signals) => {
      // Ctrl-C reaches the whole terminal's group by itself. Twice would be worse: Pulumi takes it for "at once".
      if (signal !== "SIGINT" || !process.stdin.isTTY) child?.kill(signal);
    };
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
    // Before the command is there: a signal directly after its start would end this process and leave the command alone.
    for (const signal of signals) process.on(signal, forward);
    child = spawn(command, args, { env: withoutNpmScript(env), stdio: "inherit" });
    child.once("error", (error: NodeJS.ErrnoException) => {
      const reason = error.code === "ENOENT" ? "there is no such program on PATH" : error.message;
      reject(new UserError(`the command ${JSON.stringify(command)} cannot be run: ${reason}.`));
    });
    child.once("close", (code, signal) => {
      for (const name of signals) process.off(name, forward);
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
