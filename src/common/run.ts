import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { withoutSecrets } from "./secret-variables";

/** How a command is run: where, with which variables, until when, and who is told each line of its output. */
export interface RunOptions {
  cwd?: string;
  /** What is secret in it is not handed on: none of these commands needs it. */
  env: NodeJS.ProcessEnv;
  /** Interrupts the command, as Ctrl-C would. */
  signal: AbortSignal;
  /** Called with each line of standard output and standard error. */
  line?: (text: string) => void;
}

/** What became of a command: all its lines, and its exit code, or the signal or the error that it has none for. */
export interface RunResult {
  lines: string[];
  code: number | string;
}

/** Runs a command to its end. It never throws for what the command does, only when `signal` stopped it. */
export async function run(command: string, args: string[], options: RunOptions): Promise<RunResult> {
  const lines: string[] = [];
  // In a process group of its own, so that an interruption reaches what the command has started as well.
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: withoutSecrets(options.env),
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const interrupt = () => {
    if (child.pid && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, "SIGINT");
  };
  options.signal.addEventListener("abort", interrupt);
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on("line", (text) => {
      lines.push(text);
      options.line?.(text);
    });
  }
  try {
    const code = await new Promise<RunResult["code"]>((resolve) => {
      child.on("error", (error) => resolve(error.message));
      child.on("close", (status, signal) => resolve(status ?? signal ?? "SIGKILL"));
    });
    options.signal.throwIfAborted();
    return { lines, code };
  } finally {
    options.signal.removeEventListener("abort", interrupt);
  }
}
