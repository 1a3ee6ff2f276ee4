import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { types } from "node:util";
import { valid } from "@renovatebot/pep440";
import { withoutSecrets } from "../../common/secret-variables";
import type { CondaFile } from "../conda-file";
import { projectOfConda } from "../package-names";
import type { SolvedPackage } from "./rattler";

/** What uv calls the platforms that there are wheels for; of Linux, with the glibc that conda's packages are solved for. */
const targets: Record<string, string> = {
  "linux-64": "x86_64-manylinux_2_28",
  "linux-aarch64": "aarch64-manylinux_2_28",
  "osx-64": "x86_64-apple-darwin",
  "osx-arm64": "aarch64-apple-darwin",
  "win-64": "x86_64-pc-windows-msvc",
};

/**
 * Solves a file's pip section with uv, for an environment that has the packages of conda's solution already: those are
 * taken as they are, and are not among what is left to install.
 *
 * @param packages conda's solution
 * @param platform as conda names it
 * @param preferred lines of a requirements file: their versions are taken where that is possible
 * @returns lines of a requirements file with hashes; no line for an empty section
 * @throws Error that says why it cannot be solved
 */
export async function solvePip(
  file: CondaFile,
  packages: SolvedPackage[],
  platform: string,
  preferred: string[] = [],
): Promise<string[]> {
  const asked = file.dependencies.filter(({ source }) => source === "pip");
  if (asked.length === 0) return [];
  const target = targets[platform];
  if (target === undefined) throw new Error(`uv knows no platform ${platform}`);
  const python = packages.find(({ name }) => name === "python")?.version;
  if (python === undefined) throw new Error("there is no python among conda's packages");
  const installed = packages.flatMap(({ name, version }) => {
    const project = projectOfConda(name);
    // Versions that only conda can write are of no project that pip installs anything for.
    if (name === "python" || project.startsWith("conda:") || valid(version) === null) return [];
    // What the section itself wants otherwise, pip puts in the place of conda's.
    const isWanted = asked.some((one) => one.project === project && (one.url || !one.constraint.accepts(version)));
    return isWanted ? [] : [{ project, version }];
  });
  const folder = mkdtempSync(join(tmpdir(), "pip-"));
  try {
    const constraints = join(folder, "constraints.txt");
    writeFileSync(constraints, installed.map(({ project, version }) => `${project}==${version}\n`).join(""));
    // uv keeps the versions of a file that it writes anew, as far as it can.
    const output = join(folder, "requirements.txt");
    writeFileSync(output, preferred.map((line) => `${line}\n`).join(""));
    const args = [
      ...[
        "pip",
        "compile",
        "-",
        "--output-file",
        output,
        "--constraint",
        constraints,
        "--python-version",
        python,
        "--python-platform",
        target,
      ],
      ...["--generate-hashes", "--no-header", "--no-annotate", "--quiet"],
      ...installed.flatMap(({ project }) => ["--no-emit-package", project]),
    ];
    const lines = [...file.pipOptions, ...asked.map(({ text }) => text)];
    await uv(args, `${lines.join("\n")}\n`, dirname(resolve(file.path)));
    return readFileSync(output, "utf8")
      .split("\n")
      .filter((line) => line !== "");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function uv(args: string[], input: string, cwd: string): Promise<void> {
  for (const [command, ...before] of [["uv"], ["python3", "-m", "uv"]]) {
    if (command === undefined) continue;
    const ended = await execute(command, [...before, ...args], input, cwd);
    const isThere = ended.error === null || !(isMissing(ended.error) || /No module named uv/.test(ended.stderr));
    if (!isThere) continue;
    if (ended.error === null) return;
    throw new Error(ended.stderr.trim() || ended.error.message);
  }
  throw new Error("it takes uv, which is not installed here: pip install uv (https://docs.astral.sh/uv)");
}

function execute(command: string, args: string[], input: string, cwd: string) {
  return new Promise<{ error: Error | null; stderr: string }>((done) => {
    const options = { cwd, env: withoutSecrets(process.env), maxBuffer: Number.POSITIVE_INFINITY };
    const child = execFile(command, args, options, (error, _stdout, stderr) => done({ error, stderr }));
    // It may end before it has read all, and then says why.
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
  });
}

/** 127 is a shell's word for it, and that of a version manager's stand-in for a program. */
function isMissing(error: unknown): boolean {
  return types.isNativeError(error) && "code" in error && (error.code === "ENOENT" || error.code === 127);
}
