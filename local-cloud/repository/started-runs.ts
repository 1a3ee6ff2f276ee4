import { getPersonalAccessTokenHandler, WebApi } from "azure-devops-node-api";
import { BuildReason } from "azure-devops-node-api/interfaces/BuildInterfaces";
import type { ServedRepository } from "./push";

/** A run that a push has started. */
export interface StartedRun {
  number: string;
  pipeline: string;
  /** Its page. */
  url: string;
  /** Why it could not begin; undefined if it could. */
  problem: string | undefined;
}

/** The runs that the push of a commit to a branch has started, in their order. */
export async function startedBy(
  { azureDevOps }: Pick<ServedRepository, "azureDevOps">,
  { commit, ref }: { commit: string; ref: string },
): Promise<StartedRun[]> {
  const { orgServiceUrl, personalAccessToken, project } = azureDevOps;
  const api = await new WebApi(orgServiceUrl, getPersonalAccessTokenHandler(personalAccessToken)).getBuildApi();
  const builds = await api.getBuilds(project);
  return builds
    .filter(({ sourceBranch, sourceVersion }) => sourceBranch === ref && sourceVersion === commit)
    .filter(({ reason }) => reason === BuildReason.IndividualCI || reason === BuildReason.BatchedCI)
    .sort((a, b) => (a.id ?? 0) - (b.id ?? 0))
    .map(({ buildNumber = "", definition, _links, validationResults = [] }) => ({
      number: buildNumber,
      pipeline: definition?.name ?? "",
      url: _links?.web?.href ?? "",
      problem: validationResults[0]?.message,
    }));
}

/** A line about it, for people. */
export function describeRun({ number, pipeline, url, problem }: StartedRun): string {
  return problem === undefined
    ? `Started #${number} of ${pipeline}: ${url}`
    : `#${number} of ${pipeline} failed before it began: ${problem}\n  ${url}`;
}
