import { groupsIn, type Plan, type PlanStage } from "../../pipelines/plan";
import { sameName } from "../common/naming";
import { ValidationFailed } from "./errors";

/**
 * The plan with some of its stages alone. Whoever waits for another one waits for what that would have waited for.
 *
 * @param names none for all
 * @throws ServiceError if it has no such stage
 */
export function withStages(plan: Plan, names: readonly string[]): Plan {
  if (names.length === 0) return plan;
  const find = (name: string) => plan.stages.find((stage) => sameName(stage.name, name));
  const unknown = names.filter((name) => find(name) === undefined);
  if (unknown.length > 0) {
    const known = plan.stages.map(({ name }) => name).join(", ");
    throw new ValidationFailed(unknown.map((name) => `The pipeline has no stage ${name}: it has ${known}.`));
  }
  const wanted = plan.stages.filter((stage) => names.some((name) => sameName(name, stage.name)));
  const inPlaceOf = (name: string): string[] => {
    const stage = find(name);
    if (stage === undefined || wanted.includes(stage)) return [name];
    return stage.dependsOn.flatMap(inPlaceOf);
  };
  const waiting = (stage: PlanStage) => ({ ...stage, dependsOn: [...new Set(stage.dependsOn.flatMap(inPlaceOf))] });
  const stages = wanted.map(waiting);
  return { ...plan, stages, groups: groupsIn(plan.variables, stages) };
}
