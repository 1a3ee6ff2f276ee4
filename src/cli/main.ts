import { version } from "../../package.json";
import { commandLine, run } from "../common/command-line";
import { addVerbs } from "./verbs";

const program = commandLine("job-container", version)
  .description("An Azure DevOps machine-learning project's own job container, as code.")
  .addHelpText("after", "\nMore about a command: npx job-container <command> --help")
  .showHelpAfterError("See: npx job-container --help");

addVerbs(program, {
  init: { summary: "make a project in a team's repository", load: () => import("./init/command.ts") },
  install: {
    summary: "install the Pulumi CLI and plugins, compared with checksums",
    load: () => import("./install/command.ts"),
  },
  check: { summary: "check the conda files, or an image", load: () => import("./check/command.ts") },
  image: { summary: "steps of the image-build pipeline", load: () => import("./image/command.ts") },
  adopt: { summary: "make a pipeline's jobs run in the job container", load: () => import("./adopt/command.ts") },
  run: { summary: "run one of the stack's pipelines", load: () => import("./run/command.ts") },
  env: {
    summary: "environments of branches: up, preview, destroy, list, sweep",
    load: () => import("./env/command.ts"),
  },
  recover: { summary: "put a stack in order after a command was killed", load: () => import("./recover/command.ts") },
});

// commander's own help command would show what is not loaded.
const [first, ...others] = process.argv.slice(2);
void run(program, first === "help" ? [...others, "--help"] : undefined);
