import type { Context } from "./context";
import { checkExpression, runtimeExpression } from "./expression";
import type { Place } from "./token";

/** Where a runtime expression stands, which says what it may refer to. */
export type Level = "pipeline" | "stage" | "job" | "step";

/** https://learn.microsoft.com/azure/devops/pipelines/process/expressions#job-status-check-functions */
const statusFunctions = ["always", "canceled", "failed", "succeeded", "succeededOrFailed"];

const namesInConditions: Record<Level, string[]> = {
  pipeline: [],
  stage: ["variables", "dependencies"],
  job: ["variables", "dependencies", "stageDependencies"],
  step: ["variables"],
};

const namesInVariables: Record<Level, string[]> = {
  pipeline: ["variables"],
  stage: ["variables", "stageDependencies"],
  job: ["variables", "dependencies", "stageDependencies"],
  step: [],
};

/** A condition as the agent gets it: undefined for none, which is `succeeded()`. What is wrong with it is reported. */
export function readCondition(
  { problems }: Context,
  text: string | undefined,
  level: Level,
  place: Place,
): string | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  problems.attempt(place, () => checkExpression(text, namesInConditions[level], statusFunctions));
  return text.trim();
}

/** Reports what is wrong with a variable's value, if it is an expression. */
export function checkVariable({ problems }: Context, value: string, level: Level, place: Place): void {
  const expression = runtimeExpression(value);
  if (expression === undefined) return;
  if (/\bcounter\s*\(/i.test(expression)) problems.notEmulated(place, "The function 'counter'");
  else problems.attempt(place, () => checkExpression(expression, namesInVariables[level], []));
}
