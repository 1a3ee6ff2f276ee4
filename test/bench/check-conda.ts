import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectRoot } from "../support/repository";
import { atMost, type Goal } from "./goal";
import { mediansOf, printMedians } from "./medians";

const execute = promisify(execFile);

/** A file of as many packages as `conda env export` writes of a large environment. */
function exported(version: (index: number) => string): string {
  const entries = (from: number, entry: (index: number) => string) =>
    Array.from({ length: 304 }, (_, index) => entry(from + index)).join("\n");
  const conda = entries(0, (index) => `  - package-${index}=${version(index)}=py311h1234567_0`);
  const pip = entries(304, (index) => `      - package-${index}==${version(index)}`);
  return `channels: [conda-forge]\ndependencies:\n  - python=3.11\n${conda}\n  - pip:\n${pip}\n`;
}

/**
 * How long `job-container check conda` takes on the example files, and on two of 608 packages, against an empty program
 * that is started the same way; and on the example files where the package is installed, which has it in one file.
 */
export async function benchCheckConda(): Promise<Goal[]> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const empty = join(folder, "empty.ts");
  const [ci, training] = [join(folder, "ci.yml"), join(folder, "training.yml")];
  writeFileSync(empty, "");
  writeFileSync(
    ci,
    exported((index) => `1.${index}.2`),
  );
  writeFileSync(
    training,
    exported((index) => `1.${index}.${index % 10 === 0 ? 3 : 2}`),
  );
  const run =
    (...args: string[]) =>
    () =>
      execute(process.execPath, args, { cwd: projectRoot });
  await execute("npm", ["run", "build"], { cwd: projectRoot });
  const [command, packaged] = ["src/cli/job-container.js", join(folder, "node_modules/job-container")];
  for (const path of ["dist", command]) cpSync(join(projectRoot, path), join(packaged, path), { recursive: true });
  const installed = join(packaged, command);
  const large = ["--ci", ci, "--training", training, "--scoring", training];
  try {
    const medians = await mediansOf({
      check: run(command, "check", "conda"),
      large: () =>
        run(command, "check", "conda", ...large)().catch((error: { code: number }) => {
          // The files differ.
          if (error.code !== 1) throw error;
        }),
      empty: run("--require", "./fast.js", empty),
      installed: run(installed, "check", "conda"),
    });
    const ratio = (seconds: number) => (seconds / medians.empty).toFixed(2);
    printMedians("job-container check conda, without --solve", [
      ["an empty TypeScript program", medians.empty, ""],
      ["the example files", medians.check, `${ratio(medians.check)} × the empty one (target: under 1 s)`],
      ["two files of 608 packages", medians.large, `${ratio(medians.large)} × the empty one (target: under 1 s)`],
      ["the example files, as installed", medians.installed, ""],
    ]);
    return [atMost("check conda of the example files, as installed", medians.installed, 0.3, "s")];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
