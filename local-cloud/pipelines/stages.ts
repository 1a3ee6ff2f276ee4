import { type Context, type Frame, within } from "./context";
import type { Fields } from "./fields";
import { checkGraph, type GraphNode } from "./graph";
import { itemsOf } from "./include";
import { readJobs } from "./jobs";
import { checkName } from "./names";
import type { PlanStage } from "./plan";
import { checkPool } from "./pool";
import { readCondition } from "./runtime";
import type { Part } from "./template";
import { readVariables } from "./variables";

interface ReadStage {
  stage: PlanStage;
  node: GraphNode;
}

/** Reads a pipeline's stages. */
export function readStages(context: Context, part: Part, frame: Frame): PlanStage[] {
  const stages: ReadStage[] = [];
  for (const { fields, first, frame: inside } of itemsOf(context, part, frame, "stages")) {
    if (first.text === "stage") stages.push(readNamed(context, fields, inside, stages));
    else context.problems.unexpected(first.place, first.text);
  }
  const nodes = stages.map(({ node }) => node);
  checkGraph(context.problems, "stage", "The pipeline", nodes);
  return stages.map(({ stage }) => stage);
}

function isLeftOut({ stagesToRun }: Context, stage: string): boolean {
  return stagesToRun.length > 0 && !stagesToRun.some((name) => name.toLowerCase() === stage.toLowerCase());
}

function readNamed(context: Context, fields: Fields, frame: Frame, before: readonly ReadStage[]): ReadStage {
  const place = fields.placeOf("stage");
  const name = fields.text("stage") || `Stage${before.length + 1}`;
  checkName(context.problems, "stage", name, place);
  const read = () => readStage(context, fields, frame, before, { name, place });
  return isLeftOut(context, name) ? context.problems.leftOut(read) : read();
}

function readStage(
  context: Context,
  fields: Fields,
  frame: Frame,
  before: readonly ReadStage[],
  { name, place }: Pick<GraphNode, "name" | "place">,
): ReadStage {
  const { file, line } = fields.place;
  const dependsOnPlace = fields.placeOf("dependsOn");
  const conditionPlace = fields.placeOf("condition");
  const displayName = fields.text("displayName") || name;
  const dependsOn = fields.names("dependsOn") ?? before.slice(-1).map(({ stage }) => stage.name);
  const condition = readCondition(context, fields.text("condition"), "stage", conditionPlace);
  const { variables, frame: inside } = readVariables(context, fields.part("variables"), frame, "stage");
  checkPool(context, within(inside, fields.part("pool")));
  fields.notEmulated("lockBehavior", "trigger", "templateContext");
  // Whether it may be left out by hand when a run is queued, which is not done here.
  fields.boolean("isSkippable");
  const jobs = readJobs(context, fields.part("jobs"), inside, name, place);
  fields.end();
  return {
    stage: { name, displayName, dependsOn, condition, variables, jobs, file, line },
    node: { name, dependsOn, place, dependsOnPlace },
  };
}
