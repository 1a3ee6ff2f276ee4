import type { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import * as z from "zod";
import type { Api, AreaContext } from "../area";
import { ServiceError } from "../common/errors";
import { findProject, type Organization } from "../common/organization";
import { refsMoved } from "../refs-moved";
import { askBackend } from "./backend";
import { type PushRequest, readPushRequest, refusedPush } from "./receive-pack";
import { repositoryOf } from "./repository";
import type { Repository } from "./state";
import { refusalOf, rejectedByPolicy } from "./update-ref";

const services = ["git-upload-pack", "git-receive-pack"] as const;

const inUrl = z.object({ project: z.string().optional(), name: z.string() });

const options = { config: { git: true as const }, bodyLimit: Number.MAX_SAFE_INTEGER };

/**
 * Git's own protocol (https://git-scm.com/docs/http-protocol), on the URLs that repositories have in Azure DevOps:
 * `{project}/_git/{repository}`, and `_git/{project}` for the repository that is called like its project.
 */
export function smartHttp(api: Api, { organization }: Pick<AreaContext, "organization">): void {
  for (const service of services) {
    api.addContentTypeParser(`application/x-${service}-request`, (_, body, done) => done(null, body));
  }
  // Git shows a text to who uses it, and nothing else.
  api.setErrorHandler<FastifyError>((error, _, reply) => {
    if (!(error instanceof ServiceError) || error.statusCode === 401) throw error;
    return reply.code(error.statusCode).type("text/plain; charset=utf-8").send(`${error.message}\n`);
  });

  for (const scope of ["", "/:project"]) {
    const url = `${scope}/_git/:name`;
    const querystring = z.object({ service: z.enum(services) });
    api.get(`${url}/info/refs`, { ...options, schema: { params: inUrl, querystring } }, async (request, reply) => {
      const repository = find(organization, request.params);
      return answer(organization, repository, request, reply, { path: "/info/refs", body: undefined });
    });
    for (const service of services) {
      api.post(`${url}/${service}`, { ...options, schema: { params: inUrl } }, async (request, reply) => {
        const repository = find(organization, request.params);
        const body = bodyOf(request);
        if (service === "git-receive-pack") {
          const push = await readPushRequest(body);
          const reasons = refusalsOf(organization, repository, push, request);
          if (reasons.size > 0) {
            await finished(body.resume()); // Git reads no answer before it has sent all
            return reply.type(`application/x-${service}-result`).send(refusedPush(push, reasons));
          }
        }
        return answer(organization, repository, request, reply, { path: `/${service}`, body });
      });
    }
  }
}

function find(organization: Organization, { project, name }: z.output<typeof inUrl>): Repository {
  return repositoryOf(organization, { project: findProject(organization, project ?? name).id, repositoryId: name });
}

/** Clients compress what they ask for when they fetch. */
function bodyOf({ body, raw, headers }: FastifyRequest): Readable {
  if (body === undefined) return raw;
  const encoding = headers["content-encoding"]?.toLowerCase();
  return encoding === "gzip" || encoding === "x-gzip" ? raw.pipe(createGunzip()) : raw;
}

/** Why refs of a push may not move, by their names. */
function refusalsOf(
  organization: Organization,
  repository: Repository,
  { updates }: PushRequest,
  { caller }: FastifyRequest,
): Map<string, string> {
  const words = {
    rejectedByPolicy,
    invalidRefName: "it is not in refs/heads/, refs/tags/ or refs/notes/, or its name is not valid",
  };
  return new Map(
    updates.flatMap(({ name }) => {
      const refusal = refusalOf(organization, repository, name, caller);
      return refusal === undefined ? [] : [[name, words[refusal]] as const];
    }),
  );
}

async function answer(
  organization: Organization,
  repository: Repository,
  request: FastifyRequest,
  reply: FastifyReply,
  { path, body }: { path: string; body: Readable | undefined },
) {
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort());
  const { "content-type": contentType, "git-protocol": protocol } = request.headers;
  const {
    status,
    headers,
    body: answered,
  } = await askBackend(
    organization.repositories.of(repository),
    {
      ...{ method: request.method, path, body, contentType, signal: gone.signal },
      query: request.url.split("?")[1] ?? "",
      protocol: protocol?.toString(),
      user: request.caller?.name ?? "",
    },
    (moves, failure) => {
      if (failure !== undefined) request.log.warn(failure);
      if (moves.length === 0) return;
      organization.state.last.push++;
      refsMoved(organization, { repository, moves, by: request.caller });
      organization.save();
    },
  );
  return reply.code(status).headers(headers).send(answered);
}
