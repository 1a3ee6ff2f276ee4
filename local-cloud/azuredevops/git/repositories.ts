import { randomUUID } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { invalidArgument } from "../common/errors";
import { checkRepositoryName } from "../common/naming";
import {
  apiLocation,
  collection,
  findProject,
  type Organization,
  operatorIdentity,
  projectReference,
} from "../common/organization";
import type { Project } from "../core/state";
import { gitContent, gitContentLocations } from "./content";
import { gitError, type RefUpdate, repositoryOf, repositoryUrl, updateRef } from "./repository";
import type { Repository } from "./state";

const repositoryRoute = "{project}/_apis/{area}/repositories/{repositoryId}";

export const gitLocations = [
  apiLocation(
    "225f7195-f9c7-4d14-ab28-a83f7ff77e1f",
    "git",
    "repositories",
    "{project}/_apis/{area}/{resource}/{repositoryId}",
    2,
  ),
  apiLocation("2d874a60-a811-4f62-9c9f-963a6ea0a55b", "git", "refs", `${repositoryRoute}/{resource}/{*filter}`, 2),
  ...gitContentLocations,
];

interface RepositoryBody {
  name?: string;
  project?: { id?: string; name?: string };
  defaultBranch?: string;
  isDisabled?: boolean;
}

const repositoryBody = {
  type: "object",
  properties: {
    name: { type: "string" },
    project: { type: "object", properties: { id: { type: "string" }, name: { type: "string" } } },
    defaultBranch: { type: "string" },
    isDisabled: { type: "boolean" },
  },
};

const refsBody = {
  type: "array",
  items: {
    type: "object",
    required: ["name", "oldObjectId", "newObjectId"],
    properties: { name: { type: "string" }, oldObjectId: { type: "string" }, newObjectId: { type: "string" } },
  },
};

interface InProject {
  Params: { project?: string; repositoryId: string };
}

/** Git repositories and their branches and tags. The project may be left out of a path where an id is given. */
export function git(app: FastifyInstance, organization: Organization): void {
  const { state } = organization;
  for (const scope of ["", "/:project"]) {
    const all = `${scope}/_apis/git/repositories`;
    const one = `${all}/:repositoryId`;

    app.get<{ Params: { project?: string }; Querystring: { includeHidden?: string } }>(
      all,
      async ({ params, query }) => {
        const project = params.project ? findProject(organization, params.project) : undefined;
        const found = state.repositories.filter(
          ({ projectId, isDisabled }) =>
            (!project || projectId === project.id) && (!isDisabled || query.includeHidden?.toLowerCase() === "true"),
        );
        return collection(found.map((repository) => view(organization, repository)));
      },
    );

    app.post<{ Params: { project?: string }; Body: RepositoryBody }>(
      all,
      { schema: { body: repositoryBody } },
      async ({ params, body }, reply) => {
        const project = findProject(organization, params.project ?? body.project?.id ?? body.project?.name ?? "");
        const name = body.name ?? "";
        checkName(organization, project, name);
        const repository = {
          id: randomUUID(),
          projectId: project.id,
          name,
          isDisabled: false,
          refs: {},
        };
        state.repositories.push(repository);
        organization.save();
        return reply.code(201).send(view(organization, repository));
      },
    );

    app.get<InProject>(one, async ({ params }) => view(organization, repositoryOf(organization, params)));

    app.patch<InProject & { Body: RepositoryBody }>(
      one,
      { schema: { body: repositoryBody } },
      async ({ params, body }) => {
        const repository = repositoryOf(organization, params, true);
        const project = findProject(organization, repository.projectId);
        if (body.name !== undefined && body.name !== repository.name) {
          checkName(organization, project, body.name, repository);
        }
        if (body.defaultBranch !== undefined && repository.refs[body.defaultBranch] === undefined) {
          throw invalidArgument(`The branch '${body.defaultBranch}' does not exist in repository ${repository.name}.`);
        }
        repository.name = body.name ?? repository.name;
        repository.isDisabled = body.isDisabled ?? repository.isDisabled;
        if (body.defaultBranch !== undefined) repository.defaultBranch = body.defaultBranch;
        organization.save();
        return view(organization, repository);
      },
    );

    app.delete<InProject>(one, async ({ params }, reply) => {
      const repository = repositoryOf(organization, params);
      state.repositories.splice(state.repositories.indexOf(repository), 1);
      const resource = `${repository.projectId}.${repository.id}`;
      state.permissions = state.permissions.filter(({ resourceId }) => resourceId !== resource);
      state.pullRequests = state.pullRequests.filter(({ repositoryId }) => repositoryId !== repository.id);
      organization.save();
      organization.repositories.remove(repository);
      return reply.code(204).send();
    });

    app.get<InProject & { Querystring: { filter?: string; filterContains?: string } }>(
      `${one}/refs`,
      async ({ params, query }) => {
        const repository = repositoryOf(organization, params);
        const found = Object.entries(repository.refs).filter(
          ([name]) => name.startsWith(`refs/${query.filter ?? ""}`) && name.includes(query.filterContains ?? ""),
        );
        return collection(
          found.sort().map(([name, objectId]) => ({
            name,
            objectId,
            creator: operatorIdentity(organization),
            url: `${repositoryUrl(organization, repository)}/refs?filter=${encodeURIComponent(name.replace("refs/", ""))}`,
          })),
        );
      },
    );

    app.post<InProject & { Body: RefUpdate[] }>(
      `${one}/refs`,
      { schema: { body: refsBody } },
      async ({ params, body }) => {
        const repository = repositoryOf(organization, params);
        const results = body.map((update) => {
          const updateStatus = updateRef(repository, organization.repositories.contentsOf(repository), update);
          return { repositoryId: repository.id, ...update, success: updateStatus === "succeeded", updateStatus };
        });
        organization.save();
        return collection(results);
      },
    );
  }

  gitContent(app, organization);
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
  const web = `${organization.url}/${encodeURIComponent(project.name)}/_git/${encodeURIComponent(repository.name)}`;
  return {
    id: repository.id,
    name: repository.name,
    url: repositoryUrl(organization, repository),
    project: projectReference(organization, project),
    ...(repository.defaultBranch ? { defaultBranch: repository.defaultBranch } : {}),
    size: organization.repositories.contentsOf(repository).size(),
    remoteUrl: web,
    webUrl: web,
    isDisabled: repository.isDisabled,
    isFork: false,
  };
}
