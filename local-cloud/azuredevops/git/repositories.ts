import * as z from "zod";
import type { Api, Area, AreaContext } from "../area";
import { apiLocation } from "../common/api-location";
import { invalidArgument } from "../common/errors";
import { checkRepositoryName } from "../common/naming";
import { collection, findProject, type Organization, operatorIdentity, projectReference } from "../common/organization";
import type { Project } from "../core/state";
import type { BareRepository } from "./bare-repository";
import { addRepository, gitError, inRepository, remoteUrl, repositoryOf, repositoryUrl } from "./repository";
import type { Repository } from "./state";
import { updateRefs } from "./update-ref";

const repositoryRoute = "{project}/_apis/{area}/repositories/{repositoryId}";

const locations = [
  apiLocation(
    "225f7195-f9c7-4d14-ab28-a83f7ff77e1f",
    "git",
    "repositories",
    "{project}/_apis/{area}/{resource}/{repositoryId}",
    2,
  ),
  apiLocation("2d874a60-a811-4f62-9c9f-963a6ea0a55b", "git", "refs", `${repositoryRoute}/{resource}/{*filter}`, 2),
];

/** All repositories of a project, or of all projects. */
const anyProject = inRepository.pick({ project: true });

const repositoryBody = z.object({
  name: z.string().optional(),
  project: z.object({ id: z.string().optional(), name: z.string().optional() }).optional(),
  defaultBranch: z.string().optional(),
  isDisabled: z.boolean().optional(),
});

const refsBody = z.array(z.looseObject({ name: z.string(), oldObjectId: z.string(), newObjectId: z.string() }));

/** Git repositories and their branches and tags. */
export const repositories: Area = { locations, routes };

function routes(api: Api, { organization }: AreaContext): void {
  const { state } = organization;
  for (const scope of ["", "/:project"]) {
    const all = `${scope}/_apis/git/repositories`;
    const one = `${all}/:repositoryId`;

    api.get(
      all,
      { schema: { params: anyProject, querystring: z.object({ includeHidden: z.string().optional() }) } },
      async ({ params, query }) => {
        const project = params.project ? findProject(organization, params.project) : undefined;
        const found = state.repositories.filter(
          ({ projectId, isDisabled }) =>
            (!project || projectId === project.id) && (!isDisabled || query.includeHidden?.toLowerCase() === "true"),
        );
        return collection(found.map((repository) => view(organization, repository)));
      },
    );

    api.post(all, { schema: { params: anyProject, body: repositoryBody } }, async ({ params, body }, reply) => {
      const project = findProject(organization, params.project ?? body.project?.id ?? body.project?.name ?? "");
      const name = body.name ?? "";
      checkName(organization, project, name);
      const repository = addRepository(organization, project, name);
      organization.save();
      return reply.code(201).send(view(organization, repository));
    });

    api.get(one, { schema: { params: inRepository } }, async ({ params }) =>
      view(organization, repositoryOf(organization, params)),
    );

    api.patch(one, { schema: { params: inRepository, body: repositoryBody } }, async ({ params, body }) => {
      const repository = repositoryOf(organization, params, true);
      const project = findProject(organization, repository.projectId);
      if (body.name !== undefined && body.name !== repository.name) {
        checkName(organization, project, body.name, repository);
      }
      const git = organization.repositories.of(repository);
      if (body.defaultBranch !== undefined && !isBranch(git, body.defaultBranch)) {
        throw invalidArgument(`The branch '${body.defaultBranch}' does not exist in repository ${repository.name}.`);
      }
      repository.name = body.name ?? repository.name;
      repository.isDisabled = body.isDisabled ?? repository.isDisabled;
      if (body.defaultBranch !== undefined) git.setDefaultBranch(body.defaultBranch);
      organization.save();
      return view(organization, repository);
    });

    api.delete(one, { schema: { params: inRepository } }, async ({ params }, reply) => {
      const repository = repositoryOf(organization, params);
      state.repositories.splice(state.repositories.indexOf(repository), 1);
      const resource = `${repository.projectId}.${repository.id}`;
      state.permissions = state.permissions.filter(({ resourceId }) => resourceId !== resource);
      state.pullRequests = state.pullRequests.filter(({ repositoryId }) => repositoryId !== repository.id);
      organization.save();
      organization.repositories.of(repository).remove();
      return reply.code(204).send();
    });

    api.get(
      `${one}/refs`,
      {
        schema: {
          params: inRepository,
          querystring: z.object({
            filter: z.string().optional(),
            filterContains: z.string().optional(),
            $top: z.coerce.number().int().min(1).max(1000).optional(),
            continuationToken: z.string().optional(),
          }),
        },
      },
      async ({ params, query }, reply) => {
        const repository = repositoryOf(organization, params);
        const refs = organization.repositories.of(repository).refs();
        const found = refs.filter(
          ({ name }) => name.startsWith(`refs/${query.filter ?? ""}`) && name.includes(query.filterContains ?? ""),
        );
        found.sort((a, b) => (a.name < b.name ? -1 : 1));
        // https://learn.microsoft.com/rest/api/azure/devops/git/refs/list
        const { $top: top = query.continuationToken === undefined ? found.length : 100, continuationToken = "" } =
          query;
        const rest = found.filter(({ name }) => name > continuationToken);
        const page = rest.slice(0, top);
        if (page.length < rest.length) reply.header("x-ms-continuationtoken", page.at(-1)?.name);
        return collection(
          page.map(({ name, id: objectId }) => ({
            name,
            objectId,
            creator: operatorIdentity(organization),
            url: `${repositoryUrl(organization, repository)}/refs?filter=${encodeURIComponent(name.replace("refs/", ""))}`,
          })),
        );
      },
    );

    api.post(`${one}/refs`, { schema: { params: inRepository, body: refsBody } }, async ({ params, body, caller }) => {
      const repository = repositoryOf(organization, params);
      const statuses = updateRefs(organization, repository, body, caller);
      const results = body.map((update, index) => {
        const updateStatus = statuses[index];
        return { repositoryId: repository.id, ...update, success: updateStatus === "succeeded", updateStatus };
      });
      organization.save();
      return collection(results);
    });
  }
}

function isBranch(git: BareRepository, name: string): boolean {
  return name.startsWith("refs/heads/") && git.ref(name) !== undefined;
}

function checkName(organization: Organization, project: Project, name: string, self?: Repository): void {
  checkRepositoryName(name);
  const taken = organization.state.repositories.some(
    (other) => other !== self && other.projectId === project.id && other.name.toLowerCase() === name.toLowerCase(),
  );
  if (!taken) return;
  throw gitError(
    409,
    "GitRepositoryNameAlreadyExistsException",
    `TF400948: A Git repository with the name ${name} already exists.`,
  );
}

function view(organization: Organization, repository: Repository) {
  const project = findProject(organization, repository.projectId);
  const git = organization.repositories.of(repository);
  const defaultBranch = git.defaultBranch();
  const web = remoteUrl(organization, repository);
  return {
    id: repository.id,
    name: repository.name,
    url: repositoryUrl(organization, repository),
    project: projectReference(organization, project),
    ...(defaultBranch ? { defaultBranch } : {}),
    size: git.size(),
    remoteUrl: web,
    webUrl: web,
    isDisabled: repository.isDisabled,
    isFork: false,
  };
}
