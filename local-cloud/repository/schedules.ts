import * as z from "zod";
import { askOwn, runForm } from "./own-api";
import type { ServedRepository } from "./push";
import { describeRun } from "./started-runs";

const answerForm = z.array(
  z.object({
    branch: z.string(),
    schedule: z.string(),
    reason: z.string().optional(),
    build: runForm.optional(),
  }),
);

/**
 * Runs a pipeline's schedules now.
 *
 * @param pipeline its name or its number
 * @returns what came of each, for people
 * @throws UserError with the reason if it has none, or is not there
 */
export async function runSchedules(cloud: Pick<ServedRepository, "azureDevOps">, pipeline: string): Promise<string[]> {
  const answer = answerForm.parse(await askOwn(cloud, `schedules/${encodeURIComponent(pipeline)}`));
  return answer.map(({ branch, schedule, reason = "", build }) => {
    const name = branch.replace("refs/heads/", "");
    const where = schedule === "" ? `On ${name}` : `On ${name}, by the schedule ${schedule}`;
    if (build === undefined) return `${where}: nothing was started, as ${reason}`;
    return `${where}: ${describeRun({
      ...{ number: build.buildNumber, pipeline: build.definition?.name ?? pipeline, url: build._links.web.href },
      problem: build.validationResults[0]?.message,
    })}`;
  });
}
