import type { Context, Frame } from "./context";
import { Fields } from "./fields";
import { type Item, itemsOf } from "./include";
import { checkName } from "./names";
import type { PlanStep, StepRestrictions } from "./plan";
import { readCondition } from "./runtime";
import type { Part } from "./template";
import type { Place } from "./token";

/** Keys that are short for a task with a script, and what they give the task beside it. */
const shortcuts = new Map<string, Shortcut>([
  ["script", { task: "CmdLine@2", inputs: {} }],
  ["bash", { task: "Bash@3", inputs: { targetType: "inline" } }],
]);

interface Shortcut {
  task: string;
  inputs: Record<string, string>;
}

/** Steps that Azure Pipelines has and the local one has not. */
const others = ["powershell", "pwsh", "downloadBuild", "getPackage", "reviewApp"];

/**
 * Reads a job's steps. A job without a step for it gets the repository's files first, as Azure Pipelines does it.
 *
 * @param place of the job
 */
export function readSteps(context: Context, part: Part | undefined, frame: Frame, place: Place): PlanStep[] {
  const steps = [...itemsOf(context, part, frame, "steps")].flatMap((item) => readItem(context, item));
  const names = new Set<string>();
  for (const { name, file, line } of steps) {
    if (name === undefined) continue;
    if (names.has(name.toLowerCase())) {
      const message = `The step name ${name} appears more than once. Step names must be unique within a job.`;
      context.problems.report({ file, line, column: 1 }, message);
    }
    names.add(name.toLowerCase());
  }
  return steps.some(({ kind }) => kind === "checkout") ? steps : [implicitCheckout(context, place), ...steps];
}

function readItem(context: Context, { fields, first }: Item): PlanStep[] {
  // Azure Pipelines tells by the first key what a step is.
  const shortcut = shortcuts.get(first.text);
  if (shortcut !== undefined) return [readShortcut(context, fields, first.text, shortcut)];
  if (first.text === "checkout") return readCheckout(context, fields);
  if (first.text === "task") return readTask(context, fields);
  if (first.text === "publish") return [readPublish(context, fields)];
  if (first.text === "download") return readDownload(context, fields);
  if (others.includes(first.text)) context.problems.notEmulated(first.place, `The step '${first.text}'`);
  else context.problems.unexpected(first.place, first.text);
  return [];
}

/** The keys that every step has. */
function readCommon(context: Context, fields: Fields, displayName: string) {
  const { file, line } = fields.place;
  const namePlace = fields.placeOf("name");
  const conditionPlace = fields.placeOf("condition");
  const name = fields.text("name") || undefined;
  if (name !== undefined) checkName(context.problems, "step", name, namePlace);
  const condition = readCondition(context, fields.text("condition"), "step", conditionPlace);
  fields.notEmulated("retryCountOnTaskFailure");
  const restrictions = readTarget(context, fields);
  return {
    name,
    displayName: fields.text("displayName") || displayName,
    // A step that is switched off is shown as skipped, so that the run says it.
    condition: fields.boolean("enabled") === false ? "false" : condition,
    continueOnError: fields.boolean("continueOnError") ?? false,
    env: fields.texts("env"),
    timeoutInMinutes: fields.number("timeoutInMinutes") || undefined,
    restrictions,
    file,
    line,
  };
}

/** What the step may tell the agent. Where it runs is the job's, and cannot be chosen. */
function readTarget(context: Context, fields: Fields): StepRestrictions | undefined {
  const place = fields.keyPlaceOf("target");
  const part = fields.part("target");
  if (part === undefined) return undefined;
  if (context.template.resolve(part).token.kind === "scalar") {
    context.problems.notEmulated(place, "'target' with a container or the host");
    return undefined;
  }
  const target = Fields.of(context, part);
  target.notEmulated("container");
  const commands = target.text("commands") || "any";
  const settable = target.names("settableVariables");
  target.end();
  if (commands !== "any" && commands !== "restricted") {
    context.problems.report(place, `Unexpected value '${commands}' of 'commands'`);
    return undefined;
  }
  for (const name of settable ?? []) {
    if (/[*?[\]{}!]/.test(name)) context.problems.notEmulated(place, `The pattern '${name}' of settableVariables`);
  }
  // As the service reads it: alone, the word means that there are none.
  const isNone = settable?.length === 1 && settable[0]?.toLowerCase() === "none";
  return { commands, settableVariables: isNone ? [] : settable };
}

function readShortcut(context: Context, fields: Fields, key: string, { task, inputs }: Shortcut): PlanStep {
  const script = fields.text(key) ?? "";
  const workingDirectory = fields.text("workingDirectory");
  fields.onlyFalse("failOnStderr");
  const common = readCommon(context, fields, nameOf(task) ?? task);
  fields.end();
  return {
    ...common,
    kind: "task",
    task,
    inputs: { ...inputs, script, ...(workingDirectory && { workingDirectory }) },
  };
}

/** https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/steps-publish */
function readPublish(context: Context, fields: Fields): PlanStep {
  const targetPath = fields.text("publish") ?? "";
  const artifactName = fields.text("artifact");
  const common = readCommon(context, fields, "PublishPipelineArtifact");
  fields.end();
  const inputs = { targetPath, ...(artifactName && { artifactName }) };
  return { ...common, kind: "task", task: "PublishPipelineArtifact@1", inputs };
}

/** https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/steps-download */
function readDownload(context: Context, fields: Fields): PlanStep[] {
  const place = fields.placeOf("download");
  const source = fields.text("download") ?? "";
  const artifact = fields.text("artifact") || undefined;
  const patterns = fields.text("patterns") || undefined;
  // An artifact of its own has a folder of its own.
  const path = fields.text("path") || (artifact && `$(Pipeline.Workspace)/${artifact}`) || "$(Pipeline.Workspace)";
  const common = readCommon(context, fields, "DownloadPipelineArtifact");
  fields.end();
  if (source === "none") return [];
  if (source !== "current") {
    context.problems.notEmulated(place, `The download of '${source}' (there are current and none)`);
    return [];
  }
  const inputs = { source, path, ...(artifact && { artifact }), ...(patterns && { patterns }) };
  return [{ ...common, kind: "task", task: "DownloadPipelineArtifact@2", inputs }];
}

/**
 * As the pipelines are that are made now: one commit, and the tags
 * (https://learn.microsoft.com/azure/devops/pipelines/repos/pipeline-options-for-git#shallow-fetch).
 */
const checkoutDefaults = { fetchDepth: 1, fetchTags: true, persistCredentials: false };

function readCheckout(context: Context, fields: Fields): PlanStep[] {
  const place = fields.placeOf("checkout");
  const repository = fields.text("checkout");
  fields.boolean("clean"); // a job begins with an empty folder
  const fetched = {
    fetchDepth: fields.number("fetchDepth") ?? checkoutDefaults.fetchDepth,
    fetchTags: fields.boolean("fetchTags") ?? checkoutDefaults.fetchTags,
    persistCredentials: fields.boolean("persistCredentials") ?? checkoutDefaults.persistCredentials,
  };
  fields.onlyFalse("lfs");
  const submodules = { place: fields.keyPlaceOf("submodules"), which: fields.text("submodules") || "false" };
  if (submodules.which.toLowerCase() !== "false") {
    context.problems.notEmulated(submodules.place, `'submodules: ${submodules.which}'`);
  }
  fields.notEmulated("path", "fetchFilter", "sparseCheckoutDirectories", "sparseCheckoutPatterns", "workspaceRepo");
  const common = readCommon(context, fields, context.checkoutName);
  fields.end();
  if (repository === "self" || repository === "none") {
    return [{ ...common, ...fetched, kind: "checkout", repository }];
  }
  context.problems.notEmulated(place, `The checkout of '${repository}' (there are self and none)`);
  return [];
}

function readTask(context: Context, fields: Fields): PlanStep[] {
  const place = fields.placeOf("task");
  const inputsPart = fields.part("inputs");
  const inputs = inputsPart === undefined ? [] : [...context.template.mapping(inputsPart)];
  const task = fields.text("task") ?? "";
  const name = nameOf(task);
  const common = readCommon(context, fields, name ?? task);
  fields.end();
  if (name === undefined) {
    context.problems.report(
      place,
      `The task '${task}' has no version: write its name, @ and a version, as in Docker@2`,
    );
    return [];
  }
  const values = Object.fromEntries(inputs.map(({ key, value }) => [key.text, context.template.text(value) ?? ""]));
  for (const { input, message } of context.checkTask(task, values)) {
    const at = inputs.find(({ key }) => key.text.toLowerCase() === input?.toLowerCase());
    context.problems.refuse(at?.value.token.place ?? place, message);
  }
  return [{ ...common, kind: "task", task, inputs: values }];
}

/** A task's name without its version; undefined without a version. */
function nameOf(task: string): string | undefined {
  return /^([^@\s]+)@\d+(?:\.\d+)*$/.exec(task)?.[1];
}

function implicitCheckout(context: Context, { file, line }: Place): PlanStep {
  return {
    kind: "checkout",
    repository: "self",
    ...checkoutDefaults,
    name: undefined,
    displayName: context.checkoutName,
    condition: undefined,
    continueOnError: false,
    env: {},
    file,
    line,
  };
}
