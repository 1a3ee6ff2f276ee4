import type { Problems } from "./problems";
import type { Place } from "./token";

/**
 * Checks the name of a stage, a job or a step: expressions and environment variables refer to it.
 * https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/jobs-job
 */
export function checkName(problems: Problems, kind: "stage" | "job" | "step", name: string, place: Place): void {
  if (/^[a-z_]\w*$/i.test(name)) return;
  problems.report(
    place,
    `The ${kind} name ${name} is not valid. Names have letters, digits and underscores, and do not begin with a digit.`,
  );
}
