import type { FastifyReply } from "fastify";
import * as z from "zod";
import type { Api, Area, AreaContext } from "../area";
import { apiLocation } from "../common/api-location";
import { invalidArgument, type ServiceError } from "../common/errors";
import { collection, type Organization, operatorIdentity } from "../common/organization";
import type { Commit, Entry } from "./bare-repository";
import { absolute, push, pushBody } from "./push";
import { gitError, inRepository, repositoryOf, repositoryUrl } from "./repository";
import type { Repository } from "./state";

const route = "{project}/_apis/{area}/repositories/{repositoryId}/{resource}";

const locations = [
  apiLocation("fb93c0db-47ed-4a31-8c20-47552878fb44", "git", "items", `${route}/{*path}`, 1),
  apiLocation("ea98d07b-3c87-4971-8ede-a613694ffb55", "git", "pushes", `${route}/{pushId}`, 3),
  apiLocation("c2570c3b-5b3f-41b8-98bf-5407bfde8d58", "git", "commits", `${route}/{commitId}`, 2),
];

const itemsQuery = z.object({
  path: z.string().optional(),
  scopePath: z.string().optional(),
  recursionLevel: z.string().optional(),
  includeContent: z.string().optional(),
  $format: z.string().optional(),
  "versionDescriptor.version": z.string().optional(),
  "versionDescriptor.versionType": z.string().optional(),
});

const commitsQuery = z.object({
  "searchCriteria.itemVersion.version": z.string().optional(),
  "searchCriteria.itemVersion.versionType": z.string().optional(),
  "searchCriteria.itemPath": z.string().optional(),
  "searchCriteria.$top": z.coerce.number().int().min(0).optional(),
  $top: z.coerce.number().int().min(0).optional(),
});

/** What is in a Git repository: files and folders, commits, and pushes that add one. */
export const gitContent: Area = { locations, routes };

function routes(api: Api, { organization }: AreaContext): void {
  for (const scope of ["", "/:project"]) {
    const one = `${scope}/_apis/git/repositories/:repositoryId`;

    const items = { schema: { params: inRepository, querystring: itemsQuery } };
    api.get(`${one}/items`, items, async ({ params, query, headers }, reply) => {
      const repository = repositoryOf(organization, params);
      const git = organization.repositories.of(repository);
      const commit = commitOf(
        organization,
        repository,
        query["versionDescriptor.version"],
        query["versionDescriptor.versionType"],
      );
      if (query.scopePath !== undefined || query.path === undefined) {
        return collection(listing(organization, repository, commit, query.scopePath ?? "/", query.recursionLevel));
      }
      const path = absolute(query.path);
      const entry = git.entry(commit, path);
      if (entry === undefined) throw itemNotFound(path, repository, commit);
      const asJson = query.$format?.toLowerCase() === "json" || headers.accept?.includes("application/json");
      if (asJson) {
        const found = item(organization, repository, commit, entry);
        const isWanted = entry.type === "blob" && query.includeContent?.toLowerCase() === "true";
        return isWanted ? { ...found, content: git.blob(entry.id).toString() } : found;
      }
      if (entry.type !== "blob") throw itemNotFound(path, repository, commit);
      const type = headers.accept?.includes("text/plain") ? "text/plain; charset=utf-8" : "application/octet-stream";
      return reply.type(type).send(git.blobStream(entry.id, endOf(reply)));
    });

    const commits = { schema: { params: inRepository, querystring: commitsQuery } };
    api.get(`${one}/commits`, commits, async ({ params, query }) => {
      const repository = repositoryOf(organization, params);
      const version = query["searchCriteria.itemVersion.version"];
      const path = query["searchCriteria.itemPath"];
      const top = query["searchCriteria.$top"] ?? query.$top;
      const from = commitOf(organization, repository, version, query["searchCriteria.itemVersion.versionType"]);
      const found = organization.repositories.of(repository).log(from.id, {
        top: top ?? 100,
        ...(path && { path: absolute(path) }),
      });
      return collection(found.map((commit) => commitView(organization, repository, commit)));
    });

    const commit = { schema: { params: inRepository.extend({ commitId: z.string() }) } };
    api.get(`${one}/commits/:commitId`, commit, async ({ params }) => {
      const repository = repositoryOf(organization, params);
      return commitView(organization, repository, commitOf(organization, repository, params.commitId, "commit"));
    });

    api.post(`${one}/pushes`, { schema: { params: inRepository, body: pushBody } }, async (request, reply) => {
      const { params, body, caller } = request;
      const repository = repositoryOf(organization, params);
      const [update] = body.refUpdates;
      const [change] = body.commits;
      if (!update || !change) throw invalidArgument("A push has one ref update and one commit.");
      const commit = await push(organization, repository, update, change.comment ?? "", change.changes, caller);
      const pushId = ++organization.state.last.push;
      organization.save();
      return reply.code(201).send({
        pushId,
        date: commit.committer.date,
        pushedBy: operatorIdentity(organization),
        commits: [commitView(organization, repository, commit)],
        refUpdates: [{ repositoryId: repository.id, ...update, newObjectId: commit.id }],
        url: `${repositoryUrl(organization, repository)}/pushes/${pushId}`,
      });
    });
  }
}

/** The commit that a version names: a branch (the default one where nothing is given), a tag or a commit. */
export function commitOf(
  organization: Organization,
  repository: Repository,
  version: string | undefined,
  versionType = "branch",
): Commit {
  const git = organization.repositories.of(repository);
  const kind = { "0": "branch", "1": "tag", "2": "commit" }[versionType] ?? versionType.toLowerCase();
  const defaultBranch = version ? undefined : git.defaultBranch();
  if (!version && !defaultBranch) {
    throw gitError(
      404,
      "GitItemNotFoundException",
      `VS403403: Cannot find any branches for the ${repository.name} repository.`,
    );
  }
  const ref = defaultBranch ?? `refs/${kind === "tag" ? "tags" : "heads"}/${version}`;
  const commit = git.commit(version && kind === "commit" ? version : git.ref(ref));
  if (commit) return commit;
  throw gitError(
    404,
    "GitUnresolvableToCommitException",
    `TF401175: The version descriptor <${kind}: ${version} > could not be resolved to a version in the repository ${repository.name}`,
  );
}

/** Aborts when an answer ends, or the client goes away. */
function endOf(reply: FastifyReply): AbortSignal {
  const abort = new AbortController();
  reply.raw.once("close", () => abort.abort());
  return abort.signal;
}

/** A folder itself and what is in it, as deep as asked. */
function listing(
  organization: Organization,
  repository: Repository,
  commit: Commit,
  scope: string,
  recursion = "none",
) {
  const git = organization.repositories.of(repository);
  const path = absolute(scope);
  const root = git.entry(commit, path);
  if (root === undefined) throw itemNotFound(path, repository, commit);
  const isAlone = root.type !== "tree" || ["none", "0"].includes(recursion.toLowerCase());
  const below = isAlone ? [] : git.entriesIn(root, ["full", "120"].includes(recursion.toLowerCase()));
  return [root, ...below].map((entry) => item(organization, repository, commit, entry));
}

function item(organization: Organization, repository: Repository, commit: Commit, { path, type, id }: Entry) {
  return {
    objectId: id,
    gitObjectType: type,
    commitId: commit.id,
    path,
    url: `${repositoryUrl(organization, repository)}/items${path}?versionType=Commit&version=${commit.id}`,
    ...(type === "tree" && { isFolder: true }),
  };
}

/** A commit as answers have it. */
export function commitView(organization: Organization, repository: Repository, commit: Commit) {
  return {
    commitId: commit.id,
    treeId: commit.treeId,
    parents: commit.parents,
    author: commit.author,
    committer: commit.committer,
    comment: commit.comment,
    url: `${repositoryUrl(organization, repository)}/commits/${commit.id}`,
    remoteUrl: `${organization.url}/_git/${encodeURIComponent(repository.name)}/commit/${commit.id}`,
  };
}

export function itemNotFound(path: string, repository: Repository, commit: Commit): ServiceError {
  return gitError(
    404,
    "GitItemNotFoundException",
    `TF401174: The item '${path}' could not be found in the repository '${repository.name}' at the version specified ` +
      `by '<Commit: ${commit.id} >' (resolved to commit '${commit.id}')`,
  );
}
