import type { Result } from "../../../../local-cloud/agent/run";
import {
  dependencyFunctions,
  holds,
  type Outcome,
  resultOf,
  stepFunctions,
} from "../../../../local-cloud/agent/status";

describe("results", () => {
  test.each<[Result[], Result]>([
    [["succeeded", "skipped"], "succeeded"],
    [["succeeded", "succeededWithIssues"], "succeededWithIssues"],
    [["canceled", "succeeded"], "canceled"],
    [["failed", "canceled"], "failed"],
    [["skipped", "skipped"], "skipped"],
    [[], "succeeded"],
  ])("%j come to %s", (results, expected) => {
    expect(resultOf(results)).toBe(expected);
  });

  const before = (...results: Result[]) =>
    new Map(results.map((result, index): [string, Outcome] => [`j${index}`, { result, outputs: new Map() }]));

  test.each<[string | undefined, Result[], boolean]>([
    [undefined, [], true],
    [undefined, ["succeeded", "succeededWithIssues"], true],
    [undefined, ["succeeded", "failed"], false],
    [undefined, ["skipped"], false],
    ["failed()", ["succeeded", "failed"], true],
    ["failed()", ["succeeded", "skipped"], false],
    ["failed('J1')", ["failed", "succeeded"], false],
    ["succeeded('j0')", ["succeeded", "failed"], true],
    ["succeededOrFailed()", ["failed"], true],
    ["succeededOrFailed()", ["canceled"], false],
    ["always()", ["failed", "canceled"], true],
    ["canceled()", ["failed"], false],
  ])("the condition %s after %j is %s", (condition, results, expected) => {
    expect(holds(condition, { values: {}, functions: dependencyFunctions(before(...results), false) })).toBe(expected);
  });

  test.each<[string | undefined, Result, boolean, boolean]>([
    [undefined, "succeeded", false, true],
    [undefined, "succeededWithIssues", false, true],
    [undefined, "failed", false, false],
    ["failed()", "failed", false, true],
    ["succeededOrFailed()", "failed", false, true],
    [undefined, "succeeded", true, false],
    ["failed()", "failed", true, false],
    ["canceled()", "succeeded", true, true],
    ["always()", "failed", true, true],
  ])("a step's condition %s in a job that has %s (cancelled: %s) is %s", (condition, result, canceled, expected) => {
    expect(holds(condition, { values: {}, functions: stepFunctions(result, canceled) })).toBe(expected);
  });
});
