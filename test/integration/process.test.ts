import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isRunning, type ProcessRecord, startProcess, stopProcess } from "../../local-cloud/processes/process";
import { UserError } from "../../src/common/errors";
import { startTimeOf } from "../../src/common/start-time";
import { reservePorts } from "../support/ports";

let port: number;
beforeAll(async () => {
  port = await reservePorts();
});

let directory: string;
let logFile: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "process-"));
  logFile = join(directory, "logs/test.log");
});
afterEach(() => rmSync(directory, { recursive: true }));

const start = (script: string, port?: number) =>
  startProcess({
    name: "test server",
    command: process.execPath,
    args: ["-e", script],
    env: {},
    logFile,
    ...(port === undefined ? {} : { port }),
  });

test("a process is ready when it listens, and gone when it was stopped", async () => {
  const script = `setTimeout(() => require("node:net").createServer().listen(${port}, "127.0.0.1"), 200)`;
  const { record, stop } = await start(script, port);
  expect(record).toEqual({
    name: "test server",
    pid: expect.any(Number),
    startTime: startTimeOf(record.pid),
    port,
  });
  expect(isRunning(record)).toBe(true);
  await stop();
  expect(isRunning(record)).toBe(false);
  await stop();
});

test("one that ends before it serves is reported with what it said last", async () => {
  const failing = start('console.error("no such flag"); process.exit(3)', port);
  await expect(failing).rejects.toThrow(UserError);
  await expect(failing).rejects.toThrow(/^test server ended at once \(exit code 3\).*no such flag/s);
});

test("a program that is not there is reported", async () => {
  const missing = startProcess({
    name: "nothing",
    command: "/no/such/program",
    args: [],
    env: {},
    logFile,
    port,
  });
  await expect(missing).rejects.toThrow(/nothing ended at once.*no such file or directory/is);
});

test("a process whose number another one has got since is left alone", async () => {
  const { record, stop } = await start("setInterval(() => {}, 1000)");
  const earlier: ProcessRecord = { ...record, startTime: record.startTime - 1 };
  expect(isRunning(earlier)).toBe(false);
  await stopProcess(earlier);
  expect(isRunning(record)).toBe(true);
  await stop();
});

test("one that does not heed SIGTERM is killed after 10 seconds", async () => {
  const script = `process.on("SIGTERM", () => {}); require("node:net").createServer().listen(${port}, "127.0.0.1")`;
  const { record, stop } = await start(script, port);
  const began = Date.now();
  await stop();
  expect(Date.now() - began).toBeGreaterThan(9_000);
  expect(isRunning(record)).toBe(false);
}, 60_000);

test("it does not outlive the process that started it, even one that is killed", async () => {
  const script = `require(${JSON.stringify(join(__dirname, "../../local-cloud/processes/process.ts"))})
    .startProcess({ name: "child", command: process.execPath, args: ["-e", "setInterval(() => {}, 1000)"], env: {},
      logFile: ${JSON.stringify(logFile)} })
    .then(({ record }) => process.send(record));`;
  const parent = spawn(process.execPath, ["--import", "tsx", "-e", script], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const record = await recordFrom(parent);
  expect(isRunning(record)).toBe(true);
  parent.kill("SIGKILL");
  for (let tries = 0; isRunning(record) && tries < 500; tries++) await sleep(20);
  expect(isRunning(record)).toBe(false);
}, 60_000);

function recordFrom(parent: ChildProcess): Promise<ProcessRecord> {
  return new Promise((resolve) => parent.once("message", (message) => resolve(message as unknown as ProcessRecord)));
}
