import * as z from "zod";
import type { Api, Area, AreaContext } from "../area";
import { apiLocation } from "../common/api-location";
import { collection, type Organization } from "../common/organization";
import { commitOf, commitView } from "./content";
import { inRepository, repositoryOf } from "./repository";
import type { Repository } from "./state";

const locations = [
  apiLocation(
    "d5b216de-d8d5-4d32-ae76-51df755b16d3",
    "git",
    "branchStats",
    "{project}/_apis/{area}/repositories/{repositoryId}/stats/branches/{*name}",
    1,
  ),
];

/** Branches, each with its last commit, and how far it is from the default one. */
export const branches: Area = { locations, routes };

function routes(api: Api, { organization }: AreaContext): void {
  for (const scope of ["", "/:project"]) {
    const querystring = z.object({ name: z.string().optional() });
    const path = `${scope}/_apis/git/repositories/:repositoryId/stats/branches`;
    api.get(path, { schema: { params: inRepository, querystring } }, async ({ params, query: { name } }) => {
      const repository = repositoryOf(organization, params);
      if (name !== undefined) return view(organization, repository, name);
      const refs = organization.repositories.of(repository).refs(prefix);
      return collection(refs.map((ref) => view(organization, repository, ref.name.slice(prefix.length))));
    });
  }
}

const prefix = "refs/heads/";

function view(organization: Organization, repository: Repository, name: string) {
  const commit = commitOf(organization, repository, name);
  const git = organization.repositories.of(repository);
  const defaultBranch = git.defaultBranch();
  const [aheadCount, behindCount] = defaultBranch === undefined ? [0, 0] : git.apart(commit.id, defaultBranch);
  return {
    commit: commitView(organization, repository, commit),
    name,
    aheadCount,
    behindCount,
    isBaseVersion: `${prefix}${name}` === defaultBranch,
  };
}
