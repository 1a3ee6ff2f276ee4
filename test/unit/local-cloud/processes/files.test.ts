import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withLock } from "../../../../local-cloud/processes/lock";
import { readProcesses, stopProcesses, writeProcesses } from "../../../../local-cloud/processes/processes";
import { UserError } from "../../../../src/common/errors";
import { startTimeOf } from "../../../../src/common/start-time";

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "processes-"));
  file = join(directory, "file");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe("the list of processes", () => {
  const list = { ready: true, processes: [{ name: "supervisor", pid: 12, startTime: 34, port: 9480 }] };

  it("is read as it was written", () => {
    writeProcesses(file, list);
    expect(readProcesses(file)).toEqual(list);
  });

  it.each([
    ["half of it", '{"ready": true, "proc'],
    ["a list with a process that is none", '{"ready": true, "processes": [{"name": "x", "pid": 0, "startTime": 1}]}'],
    ["something else", "[]"],
  ])("is refused if it is %s: nothing is ended by it", async (_, text) => {
    writeFileSync(file, text);
    expect(() => readProcesses(file)).toThrow(UserError);
    await expect(stopProcesses(file)).rejects.toThrow(`${file} is damaged, or was written by another version`);
    await expect(stopProcesses(file)).rejects.toThrow("then remove the file");
    expect(readFileSync(file, "utf8")).toBe(text);
  });
});

describe("the lock", () => {
  const held = jest.fn(async () => existsSync(file));
  const lock = () => withLock(file, "local-cloud up", held);
  beforeEach(() => held.mockClear());

  it("is held while a command works, and is given back", async () => {
    await expect(lock()).resolves.toBe(true);
    expect(existsSync(file)).toBe(false);
  });

  it("names the command that has it", async () => {
    writeFileSync(
      file,
      JSON.stringify({ name: "local-cloud up", pid: process.pid, startTime: startTimeOf(process.pid) }),
    );
    await expect(lock()).rejects.toThrow(`\`local-cloud up\` (process ${process.pid}) is already working`);
  });

  it("of a command that was killed holds nobody up", async () => {
    writeFileSync(file, JSON.stringify({ name: "local-cloud up", pid: process.pid, startTime: 1 }));
    await expect(lock()).resolves.toBe(true);
  });

  it("that is something else's is named, with what to do, and stays", async () => {
    writeFileSync(file, "{}");
    await expect(lock()).rejects.toThrow(UserError);
    await expect(lock()).rejects.toThrow(`${file} is damaged, or was written by another version`);
    await expect(lock()).rejects.toThrow("If no command is at work on the local cloud, remove the file.");
    expect(held).not.toHaveBeenCalled();
    expect(readFileSync(file, "utf8")).toBe("{}");
  });
});
