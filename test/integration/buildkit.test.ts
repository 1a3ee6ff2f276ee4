import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { builderName, startBuildkit } from "../../local-cloud/buildkit/buildkit";
import { mountsBelow } from "../../local-cloud/processes/mounts";
import { isListening, isRunning } from "../../local-cloud/processes/process";
import { installToolchain, type Toolchain } from "../../local-cloud/toolchain";
import { reservePorts } from "../support/ports";

const directories: string[] = [];
let toolchain: Toolchain;

beforeAll(async () => {
  toolchain = await installToolchain();
}, 1_800_000);
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true });
});

function start(port: number) {
  const directory = mkdtempSync(join(tmpdir(), "buildkit-"));
  directories.push(directory);
  return startBuildkit({ directory, executable: toolchain.buildkitd, runc: toolchain.runc, port });
}

/** Directories named after a port's BuildKit, in any cgroup hierarchy. */
function cgroupsOf(port: number): string[] {
  const root = "/sys/fs/cgroup";
  const all = [root, ...readdirSync(root).map((name) => join(root, name))];
  return all.flatMap((path) => {
    try {
      return readdirSync(path).filter((name) => name === `job-container-${port}`);
    } catch {
      return []; // A file.
    }
  });
}

test("two run side by side, each known to its own buildx, and leave nothing behind", async () => {
  const base = await reservePorts();
  const ports = [base, base + 1];
  const [first, second] = [await start(base), await start(base + 1)];
  for (const [index, port] of ports.entries()) {
    const instance = readFileSync(join(directories[index] ?? "", "buildx/instances", builderName), "utf8");
    expect(JSON.parse(instance)).toMatchObject({
      Name: builderName,
      Driver: "remote",
      Nodes: [{ Endpoint: `tcp://127.0.0.1:${port}` }],
    });
    expect(await isListening(port)).toBe(true);
  }
  await first.stop();
  expect(isRunning(first.record)).toBe(false);
  expect(isRunning(second.record)).toBe(true);
  await second.stop();
  for (const port of ports) {
    expect(await isListening(port)).toBe(false);
    expect(cgroupsOf(port)).toEqual([]);
  }
  const mounts = readFileSync("/proc/self/mountinfo", "utf8");
  for (const directory of directories) expect(mountsBelow(mounts, directory)).toEqual([]);
});
