import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { exitCodes } from "../../common/errors";
import { checkedOut } from "../project";
import { chooseBuild } from "./choose-build";
import { requireSettable } from "./queue-time";

/** `job-container image tags`: what the run's build is told, as variables of the run. */
export function define(command: Command): void {
  command
    .description(
      "For a step of the image-build pipeline: reads the run's variables from the environment, and sets the run's " +
        "variables buildTag, tags, options, context and preparedDockerfile, which the task Docker@2 takes.",
    )
    .addHelpText("after", "\nExit code: 0 if they are set, 1 if a variable makes no tag or no option.")
    .action(async () => {
      const warning = await requireSettable(process.env);
      if (warning !== undefined) process.stdout.write(`${warning}\n`);
      const folder = join(process.env.AGENT_TEMPDIRECTORY ?? tmpdir(), "job-container");
      const { lines, failed } = chooseBuild(process.env, checkedOut(), folder);
      // Not made printable: these lines are the agent's commands. What is not ours in them is checked, or printable.
      process.stdout.write(lines.map((line) => `${line}\n`).join(""));
      process.exitCode = failed ? exitCodes.failed : exitCodes.done;
    });
}
