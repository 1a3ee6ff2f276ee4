import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { UserError } from "../../src/common/errors";
import { startTimeOf } from "../../src/common/start-time";

/** Which process was started: enough to find it again later, and never to mistake another for it. */
export const processRecordForm = z.strictObject({
  /** What it is to people: `buildkitd`, `registry mlopscr`. */
  name: z.string(),
  pid: z.int().positive(),
  /** When the kernel started it, in clock ticks since boot: a process that has got the same pid since differs in it. */
  startTime: z.int(),
  /** The loopback port that it listens on, if any. */
  port: z.int().optional(),
});

export type ProcessRecord = z.output<typeof processRecordForm>;

export interface ProcessOptions {
  name: string;
  command: string;
  args: string[];
  /** Its whole environment: nothing is inherited, so that a variable of the caller's cannot configure it. */
  env: NodeJS.ProcessEnv;
  /** What it prints is appended here. */
  logFile: string;
  port?: number;
  /** Whether it serves by now. Default: it accepts a connection on `port`. */
  ready?: () => Promise<boolean>;
}

/** A process that serves, and its end. */
export interface ManagedProcess {
  record: ProcessRecord;
  /** Ends it and waits until it is gone: asks first, kills after 10 seconds. */
  stop(): Promise<void>;
}

const readyMilliseconds = 30_000;
const stopMilliseconds = 10_000;

/**
 * Starts a process and returns once it serves. It does not outlive this one, however this one ends: the kernel sends
 * it SIGTERM then (PR_SET_PDEATHSIG, set by util-linux's `setpriv`, which Debian cannot be without).
 *
 * @throws UserError when it ends before it serves, or does not serve within 30 seconds; it is stopped then.
 */
export async function startProcess(options: ProcessOptions): Promise<ManagedProcess> {
  const { name, command, args, env, logFile, port } = options;
  const ready = options.ready ?? (async () => port === undefined || (await isListening(port)));
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, "a");
  const child = spawn("setpriv", ["--pdeathsig", "TERM", "--", command, ...args], { env, stdio: ["ignore", log, log] });
  closeSync(log);
  let failure: string | undefined;
  child.once("error", (error) => {
    failure = `could not be started: ${error.message}`;
  });
  child.once("exit", (code, signal) => {
    failure = `ended at once (${signal ?? `exit code ${code}`})`;
  });
  const startTime = child.pid === undefined ? undefined : startTimeOf(child.pid);
  const record =
    child.pid === undefined || startTime === undefined
      ? undefined
      : { name, pid: child.pid, startTime, ...(port === undefined ? {} : { port }) };

  for (const deadline = Date.now() + readyMilliseconds; failure === undefined && Date.now() < deadline; ) {
    if (record !== undefined && (await ready()) && failure === undefined)
      return { record, stop: () => stopProcess(record) };
    await sleep(25);
  }
  if (record !== undefined) await stopProcess(record);
  failure ??= `does not answer after ${readyMilliseconds / 1000} seconds`;
  throw new UserError(`${name} ${failure}. Its log, ${logFile}, ends with:\n${lastLines(logFile)}`);
}

/** Ends exactly the process of this record, and waits until it is gone. A process that is gone already is fine. */
export async function stopProcess(record: ProcessRecord): Promise<void> {
  signal(record, "SIGTERM");
  const deadline = Date.now() + stopMilliseconds;
  while (isRunning(record)) {
    if (Date.now() > deadline) signal(record, "SIGKILL");
    await sleep(25);
  }
}

/** Whether the process of this record still runs; one that ended and waits for its parent (a zombie) does not. */
export function isRunning(record: ProcessRecord): boolean {
  return startTimeOf(record.pid) === record.startTime;
}

/** Whether something accepts connections on a loopback port. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

/** Whether a loopback port can be listened on. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

function signal(record: ProcessRecord, name: NodeJS.Signals): void {
  if (!isRunning(record)) return;
  try {
    process.kill(record.pid, name);
  } catch {
    // It ended in this moment.
  }
}

function lastLines(file: string): string {
  return readFileSync(file, "utf8").trimEnd().split("\n").slice(-5).join("\n");
}
