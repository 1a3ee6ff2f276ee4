import Fastify, { type FastifyError, type FastifyInstance } from "fastify";
import { validatorCompiler, type ZodTypeProvider } from "fastify-type-provider-zod";
import type { ExecuteRun } from "../agent/run";
import type { CheckTask } from "../pipelines/compile";
import { callerOf, checkVersion, type EntraIdentities, isPage } from "./access";
import { areaOf } from "./area";
import { build } from "./builds";
import { Agent } from "./builds/agent";
import type { Outside } from "./builds/context";
import { Runs } from "./builds/runs";
import { ServiceError, unauthorized, unknownApi } from "./common/errors";
import type { Organization } from "./common/organization";
import { invalidRequest } from "./common/request";
import { core } from "./core";
import { Operations } from "./core/operations";
import { definitions } from "./definitions";
import { distributedTask } from "./distributed-task";
import { git } from "./git";
import { smartHttp } from "./git/smart-http";
import { locations } from "./location";
import { operatorName } from "./members";
import { pipeline } from "./pipelines";
import { policy } from "./policy";
import { pullRequest } from "./pull-requests";
import { security } from "./security";
import { buildServiceAt } from "./security/access-control-entries";
import { serviceEndpoints } from "./service-endpoints";
import type { AzureDevOpsStores } from "./stores";
import { codeCoverage, testRuns } from "./test-runs";
import { triggers } from "./triggers";
import { removeTemporary } from "./triggers/file-run";
import { cancelRequired, startRequired } from "./triggers/pull-requests";
import { pushed, runFinished } from "./triggers/push";

/** The areas of the API that are served. */
const areas = areaOf(
  core,
  git,
  pullRequest,
  policy,
  serviceEndpoints,
  definitions,
  build,
  codeCoverage,
  testRuns,
  pipeline,
  distributedTask,
  triggers,
  security,
);

/** What the local Azure DevOps knows, for those who show it. */
export interface AzureDevOpsContents {
  organization: Organization;
  runs: Runs;
}

/** Bytes: a push by the REST API has its files in one request. `git push` has no limit. */
const largestRequest = 256 * 1024 * 1024;

export interface AzureDevOpsOptions {
  /** The organization's contents. Written down after every change. */
  stores: AzureDevOpsStores;
  /** What runs them: `execute` a run, `checkTask` whether it knows a step's task. */
  agent: { execute: ExecuteRun; checkTask: CheckTask } & Outside;
  /** Serves pages beside the API, on routes that say so in their `config`: they need no access token. */
  pages?: (app: FastifyInstance, contents: AzureDevOpsContents) => void;
  /** The personal access token that is let in. */
  personalAccessToken: string;
  entra: EntraIdentities;
  /** Where the server is reached, without the organization: `http://127.0.0.1:9480`. */
  url: string;
  /** Name of the organization: the first segment of every path. */
  organization: string;
  /** The Entra ID tenant that the organization is connected to: it issues the tokens of federated service connections. */
  tenantId: string;
}

/**
 * The local Azure DevOps: the REST API of one organization, as far as the `azuredevops` provider and
 * `azure-devops-node-api` use it for projects, Git repositories, pull requests, branch policies, service connections,
 * pipelines, their runs, their permissions and variable groups. It has one agent, which works from when the server is
 * ready until it is closed. It refuses what the service refuses, in its words; an API that it lacks is a 404 that names
 * it, and goes to the log.
 */
export function createAzureDevOps(options: AzureDevOpsOptions): FastifyInstance {
  const { stores, agent: outside, url, personalAccessToken, entra } = options;
  const app = Fastify({
    logger: { level: "warn" },
    bodyLimit: largestRequest,
    routerOptions: { caseSensitive: false, ignoreTrailingSlash: true },
    schemaErrorFormatter: invalidRequest,
  });
  app.setValidatorCompiler(validatorCompiler);
  // Microsoft's client for Python says of a request without a body, too, that it is JSON.
  const parseJson = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser<string>("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body === "") return done(null, undefined);
    return parseJson(request, body, done);
  });

  const organization: Organization = {
    state: stores.organization.data,
    repositories: stores.repositories,
    save: () => stores.organization.save(),
    url: `${url}/${options.organization}`,
    name: options.organization,
    tenantId: options.tenantId,
    triggers: {
      pushed: (moved) => pushed(triggering, moved),
      opened: (pullRequest, by) => startRequired(triggering, pullRequest, { requestedFor: by?.name ?? operatorName }),
      closed: (pullRequest) => cancelRequired(triggering, pullRequest),
    },
  };
  const runs = new Runs(stores.runs, stores.logs);
  const agent = new Agent(organization, runs, outside, outside.execute, (build) => {
    runFinished(triggering, build);
    removeTemporary(triggering);
  });
  const triggering = { organization, runs, agent, checkTask: outside.checkTask };
  app.addHook("onReady", async () => agent.start());
  app.addHook("onClose", () => agent.stop());
  const operations = new Operations();
  app.addHook("onClose", async () => operations.stop());

  app.decorateRequest("caller");
  app.addHook("onRequest", async (request) => {
    if (isPage(request)) return;
    const runMember = (path: string) => buildServiceAt(organization, path);
    const credentials = { personalAccessToken, runToken: agent.accessToken, runMember, entra };
    request.caller = await callerOf(request, credentials);
    if (request.caller === undefined) throw unauthorized();
    if (!request.routeOptions.config.git) checkVersion(request);
  });

  app.setNotFoundHandler((request) => {
    request.log.warn(`no API at ${request.method} ${request.url}`);
    throw unknownApi(request.method, request.url.split("?")[0] ?? request.url);
  });

  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const refusal = asServiceError(error);
    if (refusal.statusCode === 401) reply.header("WWW-Authenticate", `Basic realm="${url}/"`);
    if (!(error instanceof ServiceError) && refusal.statusCode >= 500) request.log.error(error);
    return reply.code(refusal.statusCode).type("application/json; charset=utf-8").send(refusal.body);
  });

  app.register(
    async (instance) => {
      const api = instance.withTypeProvider<ZodTypeProvider>();
      areas.routes(api, { organization, runs, agent, operations, checkTask: outside.checkTask });
      locations(api, organization, areas.locations);
    },
    { prefix: `/${options.organization}` },
  );
  app.register(async (instance) => smartHttp(instance.withTypeProvider<ZodTypeProvider>(), { organization }), {
    prefix: `/${options.organization}`,
  });
  app.register(async (site) => options.pages?.(site, { organization, runs }));
  return app;
}

function asServiceError(error: FastifyError): ServiceError {
  if (error instanceof ServiceError) return error;
  if (error.statusCode !== undefined && error.statusCode < 500) {
    return new ServiceError(error.statusCode, "System.ArgumentException, mscorlib", error.message);
  }
  return new ServiceError(500, "System.Exception, mscorlib", `The local Azure DevOps failed: ${error.message}`);
}
