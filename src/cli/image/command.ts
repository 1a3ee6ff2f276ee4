import type { Command } from "commander";
import { addVerbs } from "../verbs";

/** `job-container image`: what the image-build pipeline's runs do. */
export function define(command: Command): void {
  command.description("Steps of the image-build pipeline.");
  addVerbs(command, {
    tags: { summary: "choose the tags and options of the run's build", load: () => import("./tags.ts") },
    sbom: { summary: "push what is in the run's image beside it", load: () => import("./sbom.ts") },
    conda: { summary: "compare the conda files of the run's commit", load: () => import("./conda.ts") },
  });
}
