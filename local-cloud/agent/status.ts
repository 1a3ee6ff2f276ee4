import { evaluate, mapOf, type Scope, toBoolean, type Value, type ValueMap } from "../pipelines/expression";
import type { Result } from "./run";

/** What came of a job or a stage, as expressions of later ones see it. */
export interface Outcome {
  result: Result;
  /** Of a job, by `step.variable`; of a stage, by `job.step.variable`. */
  outputs: ReadonlyMap<string, string>;
}

/** Azure Pipelines' spelling of results, in expressions and in `Agent.JobStatus`. */
export const resultNames: Record<Result, string> = {
  succeeded: "Succeeded",
  succeededWithIssues: "SucceededWithIssues",
  failed: "Failed",
  canceled: "Canceled",
  skipped: "Skipped",
};

/**
 * What several parts come to: a stage's jobs, or a run's stages. A part that was skipped takes nothing away.
 */
export function resultOf(results: Result[]): Result {
  for (const result of ["failed", "canceled", "succeededWithIssues"] as const)
    if (results.includes(result)) return result;
  return results.length > 0 && results.every((result) => result === "skipped") ? "skipped" : "succeeded";
}

/** Outcomes as expressions see them: `dependencies.<name>.result` and `.outputs['…']`. */
export function dependenciesOf(outcomes: ReadonlyMap<string, Outcome>): ValueMap {
  return new Map([...outcomes].map(([name, { result, outputs }]) => [name, outcomeValue(result, outputs)]));
}

function outcomeValue(result: Result, outputs: ReadonlyMap<string, string>): Value {
  return mapOf({ result: resultNames[result], outputs: new Map(outputs) });
}

/** The functions that ask how it went, for a condition on something that comes after others. */
export function dependencyFunctions(before: ReadonlyMap<string, Outcome>, canceled: boolean): Scope["functions"] {
  const results = (names: string[]) => {
    const wanted = names.map((name) => name.toLowerCase());
    return [...before]
      .filter(([name]) => wanted.length === 0 || wanted.includes(name.toLowerCase()))
      .map(([, { result }]) => result);
  };
  const succeeded = (names: string[]) =>
    results(names).every((each) => each === "succeeded" || each === "succeededWithIssues");
  const failed = (names: string[]) => results(names).includes("failed");
  return {
    always: () => true,
    canceled: () => canceled,
    succeeded: (...names) => !canceled && succeeded(names),
    failed: (...names) => !canceled && failed(names),
    succeededOrFailed: (...names) =>
      !canceled && !results(names).some((each) => each === "skipped" || each === "canceled"),
  };
}

/** The same for a condition on a step: how the job goes so far. */
export function stepFunctions(result: Result, canceled: boolean): Scope["functions"] {
  return {
    always: () => true,
    canceled: () => canceled,
    succeeded: () => !canceled && result !== "failed",
    failed: () => !canceled && result === "failed",
    succeededOrFailed: () => !canceled,
  };
}

/** Whether a condition holds; undefined is `succeeded()`. @throws Error in Azure Pipelines' words */
export function holds(condition: string | undefined, scope: Scope): boolean {
  return toBoolean(evaluate(condition ?? "succeeded()", scope));
}
