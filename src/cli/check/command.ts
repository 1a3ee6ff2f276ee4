import type { Command } from "commander";
import { addVerbs } from "../verbs";

/** `job-container check`: whether what jobs run in is as it has to be. */
export function define(command: Command): void {
  command.description(
    "Check what jobs run in: the conda files that images are made from, or an image in its registry.",
  );
  addVerbs(command, {
    conda: { summary: "compare CI's conda file with those of training and scoring", load: () => import("./conda.ts") },
    image: { summary: "check that jobs can run in an image", load: () => import("./image.ts") },
  });
}
