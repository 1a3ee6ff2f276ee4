import type { Command } from "commander";
import { exitCodes } from "../../common/errors";
import { checkedOut } from "../project";
import { compareFiles } from "./compare-files";

/** `job-container image conda`: whether the conda files of the run's commit agree. */
export function define(command: Command): void {
  command
    .description(
      "For a step of the image-build pipeline: compares the conda files that the run's variables name, as strictly as " +
        "the variable environmentPolicy says. Elsewhere, use check conda.",
    )
    .addHelpText("after", "\nExit code: 0 if they agree, or the policy is warn or off; 1 if not.")
    .action(async () => {
      const { lines, failed } = await compareFiles(process.env, checkedOut());
      process.stdout.write(lines.map((line) => `${line}\n`).join(""));
      process.exitCode = failed ? exitCodes.failed : exitCodes.done;
    });
}
