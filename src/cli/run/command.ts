import { setTimeout as sleep } from "node:timers/promises";
import { type Build, BuildResult, BuildStatus } from "azure-devops-node-api/interfaces/BuildInterfaces";
import { type Command, InvalidArgumentError } from "commander";
import { endOnInterrupt } from "../../common/command-line";
import { exitCodes, messageOf } from "../../common/errors";
import { follow, outcomeOf } from "../../common/follow-run";
import { printable } from "../../common/printable";
import { readStack } from "../../common/read-stack";
import { imageTags, type TagValues } from "../../rules/tags";
import { notBlank } from "../arguments";
import { environmentFor } from "../local-cloud";
import { projectFolder } from "../project";
import { chooseModel } from "./choose-model";
import { pushedTags } from "./pushed";
import { refusedAccess } from "./refused-access";
import { findPipeline, pageOf, problemsOf, queueRun } from "./run";
import { testTotals } from "./tests";

interface Options {
  branch?: string;
  wait?: true;
  stack?: string;
  pipeline?: string;
  amlsdkversion?: string;
  githubrelease?: string;
}

/** Milliseconds between two looks at a run. */
const interval = 1000;

/** Whether colours that steps print are shown. */
const colours = process.stdout.isTTY && process.stdout.hasColors();

/** `job-container run`: queues a run of one of the stack's pipelines, and follows it. */
export function define(command: Command): void {
  command
    .usage("<image|model> [options]")
    .description("Run one of the stack's pipelines in Azure DevOps.")
    .addHelpText(
      "after",
      "\nExit code: 0 if the run was queued or, with --wait, succeeded; 1 if not; 2 if the command was not understood.",
    );

  const common = (sub: Command) =>
    sub
      .option("--branch <name>", "branch to run on (default: the pipeline's own)", notBlank)
      .option("--wait", "follow the run to its end; Ctrl-C leaves it going")
      .option("--stack <name>", "stack that the pipeline is of (default: the selected one)", notBlank);

  common(command.command("image"))
    .description("build and push the job container")
    .option("--amlsdkversion <version>", "for the tag amlsdk-<version> (default: the stack's)", tagValue("amlSdk"))
    .option("--githubrelease <id>", "for the tag release-<id> (default: the stack's)", tagValue("release"))
    .action((options: Options) => run("image", options));

  common(command.command("model"))
    .description("one of the team's pipelines, in the job container")
    .option("--pipeline <name>", "its name, or its file's path (needed if the stack has several)", notBlank)
    .action((options: Options) => run("model", options));
}

async function run(which: "image" | "model", options: Options): Promise<void> {
  const project = projectFolder();
  const env = environmentFor(process.env, project, (line) => process.stderr.write(`${line}\n`));
  const outputs = await readStack(options.stack, { cwd: project, env });
  const chosen = which === "image" ? outputs.imageBuildPipeline : chooseModel(outputs.modelPipelines, options.pipeline);
  const pipeline = await findPipeline(chosen, env);
  const { amlsdkversion, githubrelease } = options;
  const build = await queueRun(pipeline, {
    branch: options.branch,
    variables: {
      ...(amlsdkversion !== undefined && { amlsdkversion }),
      ...(githubrelease !== undefined && { githubrelease }),
    },
  });
  const page = pageOf(build);
  say(`Run ${build.buildNumber} of ${pipeline.name}: ${page}`);
  if (!options.wait && build.status !== BuildStatus.Completed) return;

  endOnInterrupt(`The run goes on: ${page}`);
  const log: string[] = [];
  const end = await follow({
    ...pipeline,
    buildId: build.id ?? 0,
    say(line) {
      log.push(line);
      say(line);
    },
    pause: () => sleep(interval),
    colours,
  });
  if (which === "model") say(await testTotals({ api: pipeline.tests, project: pipeline.project, build: end }));
  report(end);
  const refused = end.result === BuildResult.Failed ? refusedAccess(log) : undefined;
  if (refused !== undefined) say(refused);
  if (end.result === BuildResult.Succeeded && which === "image") {
    for (const line of await pushedTags(log, outputs, env)) say(line);
  }
}

function report(build: Build): void {
  for (const problem of problemsOf(build)) say(problem);
  say(outcomeOf(build));
  process.exitCode = build.result === BuildResult.Succeeded ? exitCodes.done : exitCodes.failed;
}

/** Reads the value of a tag; an empty one leaves the tag out. */
function tagValue(name: keyof TagValues): (value: string) => string {
  return (value) => {
    try {
      imageTags({ [name]: value });
    } catch (error) {
      throw new InvalidArgumentError(messageOf(error));
    }
    return value;
  };
}

function say(line: string): void {
  process.stdout.write(`${printable(line, { colours })}\n`);
}
