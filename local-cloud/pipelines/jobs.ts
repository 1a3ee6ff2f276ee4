import { readContainer } from "./containers";
import { type Context, type Frame, within } from "./context";
import type { Fields } from "./fields";
import { checkGraph, type GraphNode } from "./graph";
import { type Item, itemsOf } from "./include";
import { checkName } from "./names";
import type { PlanJob } from "./plan";
import { checkPool } from "./pool";
import { readCondition } from "./runtime";
import { readSteps } from "./steps";
import type { Part } from "./template";
import type { Place } from "./token";
import { readVariables } from "./variables";

/** A job, and where it says what it waits for. */
interface ReadJob {
  job: PlanJob;
  node: GraphNode;
}

/** Reads a stage's jobs. */
export function readJobs(
  context: Context,
  part: Part | undefined,
  frame: Frame,
  stage: string,
  place: Place,
): PlanJob[] {
  const items = [...itemsOf(context, part, frame, "jobs")];
  const jobs = items.flatMap((item, index) => readItem(context, item, `Job${index + 1}`));
  if (jobs.length === 0) context.problems.report(place, `Stage ${stage} has no jobs: a stage runs at least one`);
  const nodes = jobs.map(({ node }) => node);
  checkGraph(context.problems, "job", `Stage ${stage}`, nodes);
  return jobs.map(({ job }) => job);
}

/** @param unnamed what the job is called if it has no name */
function readItem(context: Context, { fields, first, frame }: Item, unnamed: string): ReadJob[] {
  if (first.text === "job") return [readJob(context, fields, frame, unnamed)];
  if (first.text === "deployment") context.problems.notEmulated(first.place, "The job 'deployment'");
  else context.problems.unexpected(first.place, first.text);
  return [];
}

function readJob(context: Context, fields: Fields, frame: Frame, unnamed: string): ReadJob {
  const place = fields.placeOf("job");
  const dependsOnPlace = fields.placeOf("dependsOn");
  const conditionPlace = fields.placeOf("condition");
  const name = fields.text("job") || unnamed;
  checkName(context.problems, "job", name, place);
  const displayName = fields.text("displayName") || name;
  const dependsOn = fields.names("dependsOn") ?? [];
  const condition = readCondition(context, fields.text("condition"), "job", conditionPlace);
  fields.notEmulated("uses", "templateContext", "environment");
  const job = { name, displayName, dependsOn, condition, ...readBody(context, fields, frame) };
  fields.end();
  return { job, node: { name, dependsOn, place, dependsOnPlace } };
}

/** The keys of a job that stand at the root of a file which has only steps. */
export function readBody(context: Context, fields: Fields, frame: Frame) {
  const { file, line } = fields.place;
  const { variables, frame: inside } = readVariables(context, fields.part("variables"), frame, "job");
  const part = (name: string) => within(inside, fields.part(name));
  checkPool(context, part("pool"));
  fields.notEmulated("strategy", "services", "workspace");
  // How long a job may take to end after it was canceled: here it is ended at once.
  fields.number("cancelTimeoutInMinutes");
  return {
    variables,
    container: readContainer(context, part("container")),
    continueOnError: fields.boolean("continueOnError") ?? false,
    timeoutInMinutes: fields.number("timeoutInMinutes") || undefined,
    steps: readSteps(context, part("steps"), inside, fields.place),
    file,
    line,
  };
}
