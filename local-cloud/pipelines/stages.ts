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
    if (first.text === "stage") stages.push(readStage(context, fields, inside, stages));
    else context.problems.unexpected(first.place, first.text);
  }
  const nodes = stages.map(({ node }) => node);
  checkGraph(context.problems, "stage", "The pipeline", nodes);
  return stages.map(({ stage }) => stage);
}

function readStage(context: Context, fields: Fields, frame: Frame, before: readonly ReadStage[]): ReadStage {
  const { file, line } = fields.place;
  const place = fields.placeOf("stage");
  const dependsOnPlace = fields.placeOf("dependsOn");
  const conditionPlace = fields.placeOf("condition");
  const name = fields.text("stage") || `Stage${before.length + 1}`;
  checkName(context.problems, "stage", name, place);
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
