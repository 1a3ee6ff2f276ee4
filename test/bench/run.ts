import { Argument, Command } from "commander";
import { exitWithError } from "../../src/common/errors";
import { benchCheckConda } from "./check-conda";
import { benchEnvironments } from "./environments";
import { benchFirstStart } from "./first-start";
import { type Goal, printGoals } from "./goal";
import { benchPreview } from "./preview";

/** In the order in which they run: what is over soon comes first. */
const benches: Record<string, () => Promise<Goal[]>> = {
  "check-conda": benchCheckConda,
  preview: benchPreview,
  environments: benchEnvironments,
  "first-start": benchFirstStart,
};

new Command("npm run bench --")
  .description("Measures what people wait for, and prints it beside the goals.")
  .addArgument(new Argument("[benches...]", "only these").choices(Object.keys(benches)))
  .action(async (wanted: string[]) => {
    const goals: Goal[] = [];
    for (const [name, bench] of Object.entries(benches)) {
      if (wanted.length === 0 || wanted.includes(name)) goals.push(...(await bench()));
    }
    printGoals(goals);
  })
  .parseAsync()
  .catch(exitWithError);
