import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectRoot } from "../support/repository";
import { atMost, type Goal, shown } from "./goal";
import { printTimes, secondsOf } from "./medians";

const execute = promisify(execFile);

/** Base port of the local cloud that it starts for itself. */
const port = 9880;

/**
 * How long somebody waits who has just cloned this repository and has nothing cached, and how much of the disk it takes:
 * `npm ci` and `npm start` in a clone of the last commit. Most of the time is Go's compiler's.
 */
export async function benchFirstStart(): Promise<Goal[]> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const [clone, caches] = [join(folder, "clone"), join(folder, "caches")];
  mkdirSync(caches);
  // Where packages come from stays as this machine has it: that is configured in the home directory.
  const env = { ...process.env, XDG_CACHE_HOME: caches, npm_config_cache: join(caches, "npm") };
  const run = async (program: string, ...args: string[]) => {
    const child = spawn(program, args, { cwd: clone, env, stdio: ["ignore", "inherit", "inherit"] });
    const [code] = await once(child, "close");
    if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}`);
  };
  try {
    await execute("git", ["clone", "--quiet", projectRoot, clone]);
    const installed = await secondsOf(() => run("npm", "ci"));
    const started = await secondsOf(() => run("npm", "start", "--", "--port", String(port)));
    const all = await gigabytes(folder);
    // What it installs, its cache, and what @swc/core's install script unpacks.
    const npm = await gigabytes(join(clone, "node_modules"), join(caches, "npm"), join(caches, "swc-native-0"));
    printTimes("The first start, nothing cached", [
      ["npm ci", installed, ""],
      ["npm start", started, ""],
    ]);
    return [
      atMost("npm ci && npm start, nothing cached", (installed + started) / 60, 7, "min"),
      atMost("disk after it, beside what npm keeps", all - npm, 1.5, "GB"),
      shown("disk after it in all, with node_modules", `${all.toFixed(2)} GB`),
    ];
  } finally {
    await run("npx", "--no-install", "local-cloud", "reset").catch(console.error);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What folders take of the disk. */
async function gigabytes(...folders: string[]): Promise<number> {
  const { stdout } = await execute("du", ["--summarize", "--total", "--block-size=1", ...folders]);
  return Number.parseInt(stdout.trim().split("\n").at(-1) ?? "", 10) / 1e9;
}
