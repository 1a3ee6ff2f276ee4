import { posix } from "node:path";
import { readResources } from "./containers";
import { type CheckTask, type Context, type Frame, within } from "./context";
import { Fields } from "./fields";
import { type Included, include, open } from "./include";
import { readBody, readJobs } from "./jobs";
import { type Given, readParameters } from "./parameters";
import { groupsIn, type Plan, type PlanStage, type PlanVariable } from "./plan";
import { checkPool } from "./pool";
import { Problems } from "./problems";
import { readYaml } from "./read-yaml";
import { readStages } from "./stages";
import { Template } from "./template";
import type { Token } from "./token";
import { checkTriggers } from "./triggers";
import { lookUpKey, mapOf, toText } from "./value";
import { readVariables } from "./variables";

export type { CheckTask } from "./context";
export { PipelineError } from "./problems";

export interface CompileArgs {
  /** The pipeline's YAML file, from the repository's root. */
  path: string;
  /** A file of the repository: its text, or undefined if there is none. Paths have no slash at their beginning. */
  readFile: (path: string) => string | undefined;
  /** Template parameters of who queued the run, as texts; an object's or a list's is YAML or JSON. */
  parameters: Readonly<Record<string, string>>;
  /**
   * What template expressions see as `variables` beside the YAML's own, which win over them: predefined variables, the
   * definition's and those of who queued the run.
   */
  variables: Readonly<Record<string, string>>;
  /** Which tasks there are. */
  checkTask: CheckTask;
  /**
   * Names of the stages that are to be run: what is not emulated is refused in these only.
   *
   * @default [] all
   */
  stages?: readonly string[];
}

/** What a file runs: one of them is at its root. */
const roots = ["stages", "jobs", "steps", "extends"];

/**
 * Compiles a pipeline's YAML for a run, as Azure Pipelines does before the run starts.
 *
 * @throws PipelineError with all that is wrong: with the YAML, or with what it asks of the local Azure Pipelines
 */
export function compilePipeline(args: CompileArgs): Plan {
  const { path, readFile, parameters, variables, checkTask, stages = [] } = args;
  const problems = new Problems();
  const checkoutName = checkoutNameOf(variables);
  const read = readingOf(problems, readFile);
  const context: Context = {
    ...{ problems, template: new Template(problems), read, checkTask, checkoutName },
    ...{ containers: new Map(), stagesToRun: stages },
  };
  const file = posix.resolve("/", path.replaceAll("\\", "/"));
  const plan = readPipeline(context, { file, depth: 0, variables: mapOf(variables) }, parameters);
  problems.check();
  return plan;
}

/** Each file is read once. */
function readingOf(problems: Problems, readFile: CompileArgs["readFile"]): Context["read"] {
  const files = new Map<string, Token | "missing" | undefined>();
  return (file) => {
    if (!files.has(file)) {
      const text = readFile(file.slice(1));
      files.set(file, text === undefined ? "missing" : readYaml(file, text, problems));
    }
    return files.get(file);
  };
}

/** How Azure Pipelines calls the step that gets the repository's files. */
function checkoutNameOf(variables: CompileArgs["variables"]): string {
  const [repository, branch] = ["Build.Repository.Name", "Build.SourceBranchName"].map((name) =>
    toText(lookUpKey(mapOf(variables), name)),
  );
  return repository && branch ? `Checkout ${repository}@${branch} to s` : "Checkout";
}

function readPipeline(context: Context, frame: Frame, texts: CompileArgs["parameters"]): Plan {
  const start = { file: frame.file, line: 1, column: 1 };
  const given = new Map(
    Object.entries(texts).map(([name, text]) => [name, { value: queued(context, name, text), place: undefined }]),
  );
  const pipeline = open(context, frame, (declarations) => readParameters(context, declarations, given, start), start);
  if (pipeline === undefined) return { runName: undefined, variables: [], groups: [], stages: [] };
  const { fields } = pipeline;
  checkTriggers(context, fields);
  fields.notEmulated("lockBehavior", "appendCommitMessageToRunName");
  const name = fields.part("name");
  const { variables, stages, frame: inside } = readRoot(context, pipeline);
  const runName = name && context.template.text(within(inside, name));
  return { runName: runName || undefined, variables, groups: groupsIn(variables, stages), stages };
}

/** A parameter of who queued the run: its text, or the YAML in it. */
function queued(context: Context, name: string, text: string): Given {
  return (type, place) =>
    type === "string" || type === "number" || type === "boolean"
      ? { kind: "scalar", text, place }
      : readYaml(`parameter ${name}`, text, context.problems);
}

/** The part of a pipeline that may also be in the template that it extends. */
function readRoot(
  context: Context,
  { fields, frame }: Included,
): { variables: PlanVariable[]; stages: PlanStage[]; frame: Frame } {
  const [root, ...others] = roots.filter((name) => fields.has(name));
  for (const name of others) {
    context.problems.unexpected(fields.keyPlaceOf(name), name);
    fields.part(name);
  }
  readResources(context, fields.part("resources"));
  const { variables, frame: inside } = readVariables(context, fields.part("variables"), frame, "pipeline");
  if (root === undefined) {
    context.problems.report(fields.place, `A pipeline has one of ${roots.join(", ")} at its root`);
  }
  const extended = root === "extends" ? readExtended(context, fields, inside) : undefined;
  const stages = extended?.stages ?? readOwn(context, fields, inside, root);
  fields.end();
  return { variables: [...variables, ...(extended?.variables ?? [])], stages, frame: inside };
}

function readExtended(context: Context, fields: Fields, frame: Frame) {
  const part = fields.part("extends");
  const included = part && include(context, Fields.of(context, within(frame, part)), frame);
  checkPool(context, within(frame, fields.part("pool")));
  return included ? readRoot(context, included) : { variables: [], stages: [] };
}

function readOwn(context: Context, fields: Fields, frame: Frame, root: string | undefined): PlanStage[] {
  const { file, line } = fields.place;
  const place = fields.placeOf(root ?? "");
  const stage = {
    name: "__default",
    displayName: "__default",
    dependsOn: [],
    condition: undefined,
    variables: [],
    file,
    line,
  };
  if (root === "steps") {
    const job = {
      name: "Job",
      displayName: "Job",
      dependsOn: [],
      condition: undefined,
      ...readBody(context, fields, frame),
    };
    return [{ ...stage, jobs: [job] }];
  }
  checkPool(context, within(frame, fields.part("pool")));
  const part = fields.part(root ?? "");
  if (part === undefined) return [];
  if (root === "stages") return readStages(context, part, frame);
  return [{ ...stage, jobs: readJobs(context, part, frame, stage.name, place) }];
}
