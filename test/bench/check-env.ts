import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { exitWithError } from "../../src/common/errors";
import { projectRoot } from "../support/repository";
import { mediansOf, printMedians } from "./medians";

const execute = promisify(execFile);

/** How long `job-container check conda` takes on the example files, against an empty program that is started the same way. */
async function bench(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const empty = join(folder, "empty.ts");
  writeFileSync(empty, "");
  const run =
    (...args: string[]) =>
    () =>
      execute(process.execPath, args, { cwd: projectRoot });
  try {
    const medians = await mediansOf({
      check: run("src/cli/job-container.js", "check", "conda"),
      empty: run("--require", "./fast.js", empty),
    });
    const ratio = (medians.check / medians.empty).toFixed(2);
    printMedians("job-container check conda, without --solve", [
      ["an empty TypeScript program", medians.empty, ""],
      ["the example files", medians.check, `${ratio} × the empty one (target: under 1 s)`],
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

bench().catch(exitWithError);
