import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { env } from "node:process";
import * as z from "zod";
import { run } from "../../../src/common/run";
import { cacheDirectory, makeDirectory } from "../../toolchain/cache";
import { architecture, type Tool } from "./tool";

/** Where Debian has its Python, whatever else the user of this machine has on the PATH. */
const executable = "/usr/bin/python3";

const about = z.object({ version: z.string(), executable: z.string(), library: z.string(), name: z.string() });

/** What a Python says of itself. */
const question = `import json, os, platform, sys, sysconfig
print(json.dumps({
  "version": platform.python_version(),
  "executable": os.path.realpath(sys.executable),
  "library": sysconfig.get_path("stdlib"),
  "name": f"python{sys.version_info.major}.{sys.version_info.minor}",
}))`;

/** What of the libraries no job needs, and the mark by which Debian's pip refuses to install anything. */
const leftOut = /^(?:test|__pycache__|EXTERNALLY-MANAGED|config-.*)$/;

/** What pip is made of, among Debian's packages for Python. */
const pip = /^(?:pip|setuptools|pkg_resources|_distutils_hack|wheel)(?:-.*)?$|^distutils-precedence\.pth$/;

/**
 * The Pythons that this machine has for jobs: its own, in a folder by itself, which runs wherever it is put. It is made
 * once for all jobs of this machine.
 */
export async function machinePythons(signal: AbortSignal): Promise<Tool[]> {
  if (!existsSync(executable)) return [];
  const { code, lines } = await run(executable, ["-I", "-c", question], { env, signal });
  if (code !== 0) throw new Error(`${executable} does not run: ${lines.slice(-3).join(" ")}`);
  const found = about.parse(JSON.parse(lines.join("\n")));
  const source = join(cacheDirectory(), "agent-tools", `Python-${found.version}-${architecture}`);
  if (!existsSync(source)) await makeDirectory(source, async (directory) => copyPython(found, directory));
  return [{ name: "Python", version: found.version, source }];
}

function copyPython({ executable: program, library, name }: z.output<typeof about>, directory: string): void {
  const bin = join(directory, "bin");
  mkdirSync(bin);
  copyFileSync(program, join(bin, name));
  for (const link of ["python3", "python"]) symlinkSync(name, join(bin, link));
  cpSync(library, join(directory, "lib", name), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !leftOut.test(basename(path)),
  });
  copyPip(directory, bin);
}

function copyPip(directory: string, bin: string): void {
  const packages = "/usr/lib/python3/dist-packages";
  const found = existsSync(packages) ? readdirSync(packages).filter((each) => pip.test(each)) : [];
  for (const each of found) {
    cpSync(join(packages, each), join(directory, "lib/python3/dist-packages", each), { recursive: true });
  }
  if (!found.includes("pip")) return;
  const launcher = '#!/bin/sh\nexec "$(dirname "$0")/python3" -m pip "$@"\n';
  for (const name of ["pip", "pip3"]) writeFileSync(join(bin, name), launcher, { mode: 0o755 });
  // Debian's pip installs into `local/` of where Python is.
  symlinkSync(".", join(directory, "local"));
}
