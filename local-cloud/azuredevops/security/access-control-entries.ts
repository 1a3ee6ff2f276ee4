import * as z from "zod";
import type { Api, Area, AreaContext } from "../area";
import { apiLocation } from "../common/api-location";
import { invalidArgument, ServiceError } from "../common/errors";
import { sameName } from "../common/naming";
import { collection, type Organization } from "../common/organization";
import { anything } from "../common/request";
import { buildService, type Member } from "../members";

const locations = [
  apiLocation(
    "ac08c8ff-4323-4b08-af90-bcd018d380ce",
    "Security",
    "AccessControlEntries",
    "_apis/{resource}/{securityNamespaceId}",
    1,
  ),
];

/** Git Repositories (https://learn.microsoft.com/azure/devops/organizations/security/namespace-reference). */
const gitRepositories = "2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87";

/** Contribute to pull requests, among the bits of that namespace. */
const pullRequestContribute = 16384;

const bits = z.union([z.literal(0), z.literal(pullRequestContribute)]).default(0);

const setBody = z.strictObject({
  /** `repoV2/<project id>/<repository id>` */
  token: z.string(),
  merge: z.boolean().optional(),
  accessControlEntries: z.array(
    z.strictObject({ descriptor: z.string(), allow: bits, deny: bits, extendedInfo: anything.optional() }),
  ),
});

/**
 * Permissions, of which one can be taken and given back: that the project's build service may contribute to the pull
 * requests of a repository. Others are refused.
 */
export const accessControlEntries: Area = { locations, routes };

function routes(api: Api, { organization }: AreaContext): void {
  const path = "/_apis/accesscontrolentries/:namespace";
  api.post(
    path,
    { schema: { params: z.object({ namespace: z.string() }), body: setBody } },
    async ({ params, body }) => {
      const { state } = organization;
      if (!sameName(params.namespace, gitRepositories)) throw notEmulated(`the security namespace ${params.namespace}`);
      const [root, projectId = "", repositoryId = ""] = body.token.split("/");
      const repository = state.repositories.find((each) => each.id === repositoryId && each.projectId === projectId);
      if (root !== "repoV2" || repository === undefined) throw notEmulated(`the security token ${body.token}`);
      for (const { descriptor, allow, deny } of body.accessControlEntries) {
        if (
          !/^Microsoft\.TeamFoundation\.ServiceIdentity;.+:Build:/.test(descriptor) ||
          !descriptor.endsWith(projectId)
        ) {
          throw notEmulated(`a permission of ${descriptor}`);
        }
        if ((allow & deny) !== 0) throw invalidArgument("The allow and deny bits of an access control entry overlap.");
        const others = state.denials.filter((each) => each.repositoryId !== repositoryId);
        const kept =
          state.denials.some((each) => each.repositoryId === repositoryId) && body.merge === true && allow === 0;
        state.denials = deny !== 0 || kept ? [...others, { repositoryId, deny: pullRequestContribute }] : others;
      }
      organization.save();
      return collection(body.accessControlEntries.map((entry) => ({ ...entry, extendedInfo: {} })));
    },
  );
}

/** The build service, with what it may do where a request leads. */
export function buildServiceAt({ state }: Organization, path: string): Member {
  const [, name = ""] = /\/_apis\/git\/repositories\/([^/]+)/i.exec(path) ?? [];
  const isDenied = state.denials.some(({ repositoryId }) => {
    const repository = state.repositories.find(({ id }) => id === repositoryId);
    return (
      repository !== undefined &&
      [repository.id, repository.name].some((each) => sameName(each, decodeURIComponent(name)))
    );
  });
  if (!isDenied) return buildService;
  return { ...buildService, rights: buildService.rights.filter((right) => right !== "contribute to pull requests") };
}

function notEmulated(what: string): ServiceError {
  return new ServiceError(
    501,
    "System.NotImplementedException, mscorlib",
    `The local Azure DevOps does not emulate ${what}: it has the permission Contribute to pull requests of a project's ` +
      "build service on a repository.",
  );
}
