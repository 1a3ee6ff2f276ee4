import { timingSafeEqual } from "node:crypto";
import Fastify, { type FastifyError, type FastifyInstance, type FastifyRequest } from "fastify";
import type { ExecuteRun } from "../agent/run";
import { isPage } from "../pages/access";
import { pages } from "../pages/routes";
import type { CheckTask } from "../pipelines/compile";
import type { RegistryContents } from "../registry/contents";
import { Agent } from "./builds/agent";
import { buildLocations, builds } from "./builds/builds";
import type { Outside } from "./builds/context";
import { leaseLocations, leases } from "./builds/leases";
import { Runs } from "./builds/runs";
import { timeline, timelineLocations } from "./builds/timeline";
import {
  accessDenied,
  invalidArgument,
  ServiceError,
  unauthorized,
  unknownApi,
  versionNotSupplied,
  versionOutOfRange,
} from "./common/errors";
import { latestVersion, type Organization } from "./common/organization";
import { projectLocations, projects } from "./core/projects";
import { definitionLocations, definitions } from "./definitions/definitions";
import { variableGroupLocations, variableGroups } from "./distributed-task/variable-groups";
import { git, gitLocations } from "./git/repositories";
import { locations } from "./location/locations";
import { pipelinePermissionLocations, pipelinePermissions } from "./pipelines/permissions";
import { pipelineLocations, pipelines } from "./pipelines/pipelines";
import { policies, policyLocations } from "./policy/policies";
import { pullRequestLocations, pullRequests } from "./pull-requests/pull-requests";
import { pullRequestThreadLocations, pullRequestThreads } from "./pull-requests/threads";
import { serviceEndpointLocations, serviceEndpoints } from "./service-endpoints/service-endpoints";
import type { AzureDevOpsStores } from "./stores";
import { testLocations, testRuns } from "./test-runs/test-runs";

export interface AzureDevOpsOptions {
  /** The organization's contents. Written down after every change. */
  stores: AzureDevOpsStores;
  /** What runs them: `execute` a run, `checkTask` whether it knows a step's task. */
  agent: { execute: ExecuteRun; checkTask: CheckTask } & Outside;
  /** What the pages show of the container registries. */
  registries: RegistryContents;
  /** The one access token that is let in. */
  personalAccessToken: string;
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
 * pipelines, their runs, their permissions and variable groups, and pages for people to look at. It has one agent, which
 * works from when the server is ready until it is closed. It refuses what the service refuses, in its words; an API that
 * it lacks is a 404 that names it, and goes to the log.
 */
export function createAzureDevOps(options: AzureDevOpsOptions): FastifyInstance {
  const { stores } = options;
  const app = Fastify({
    logger: { level: "warn" },
    routerOptions: { caseSensitive: false, ignoreTrailingSlash: true },
    // Bodies are checked, never mended: null is not "", and what is not asked for is kept.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allowUnionTypes: true } },
  });
  const organization: Organization = {
    state: stores.organization.data,
    repositories: stores.repositories,
    save: () => stores.organization.save(),
    url: `${options.url}/${options.organization}`,
    name: options.organization,
    tenantId: options.tenantId,
  };

  const runs = new Runs(stores.runs, stores.logs);
  const agent = new Agent(organization, runs, options.agent, options.agent.execute);
  app.addHook("onReady", async () => agent.start());
  app.addHook("onClose", () => agent.stop());

  app.addHook("onRequest", async (request) => {
    if (isPage(request)) return;
    if (!isAuthorized(request, options.personalAccessToken, agent.accessToken)) throw unauthorized();
    checkVersion(request);
  });

  app.setNotFoundHandler((request) => {
    request.log.warn(`no API at ${request.method} ${request.url}`);
    throw unknownApi(request.method, request.url.split("?")[0] ?? request.url);
  });

  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const refusal = asServiceError(error);
    if (refusal.statusCode === 401) reply.header("WWW-Authenticate", `Basic realm="${options.url}/"`);
    if (!(error instanceof ServiceError) && refusal.statusCode >= 500) request.log.error(error);
    return reply.code(refusal.statusCode).type("application/json; charset=utf-8").send(refusal.body);
  });

  app.register(
    async (api) => {
      projects(api, organization);
      git(api, organization);
      pullRequests(api, organization);
      pullRequestThreads(api, organization);
      policies(api, organization);
      serviceEndpoints(api, organization);
      definitions(api, organization, runs, agent);
      builds(api, organization, runs, agent, options.agent.checkTask);
      timeline(api, organization, runs);
      leases(api, organization, runs);
      testRuns(api, organization, runs);
      pipelines(api, organization);
      pipelinePermissions(api, organization);
      variableGroups(api, organization);
      locations(api, organization, [
        ...projectLocations,
        ...gitLocations,
        ...pullRequestLocations,
        ...pullRequestThreadLocations,
        ...policyLocations,
        ...serviceEndpointLocations,
        ...definitionLocations,
        ...buildLocations,
        ...timelineLocations,
        ...leaseLocations,
        ...testLocations,
        ...pipelineLocations,
        ...pipelinePermissionLocations,
        ...variableGroupLocations,
      ]);
    },
    { prefix: `/${options.organization}` },
  );
  app.register(async (site) => pages(site, { organization, runs, registries: options.registries }, options.url));
  return app;
}

/** Where the threads of a pull request are, and their comments. */
const pullRequestThread = /\/_apis\/git\/repositories\/[^/]+\/pullrequests\/[^/]+\/threads(?:\/|$)/i;

/**
 * A personal access token is the password of any user name, and so is a run's own token, which may be a bearer as well.
 *
 * @param runToken of the run in progress
 * @throws ServiceError if a run asks for more than to read and to comment, which is what its identity may do: the build
 *   service, with "Contribute to pull requests"
 */
function isAuthorized(request: FastifyRequest, personalAccessToken: string, runToken: string | undefined): boolean {
  const [scheme = "", credentials = ""] = (request.headers.authorization ?? "").split(" ");
  const isBasic = scheme.toLowerCase() === "basic";
  if (!isBasic && scheme.toLowerCase() !== "bearer") return false;
  const given = isBasic
    ? Buffer.from(credentials, "base64")
        .toString()
        .replace(/^[^:]*:/, "")
    : credentials;
  if (isBasic && isSame(given, personalAccessToken)) return true;
  if (runToken === undefined || !isSame(given, runToken)) return false;
  const path = request.url.split("?")[0] ?? "";
  if (["GET", "HEAD", "OPTIONS"].includes(request.method)) return true;
  if (["POST", "PATCH"].includes(request.method) && pullRequestThread.test(path)) return true;
  throw accessDenied("The token of a run (System.AccessToken)", `${request.method} ${path}`);
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** `api-version` stands in the query or in the Accept header; only a read may do without. */
function checkVersion(request: FastifyRequest): void {
  const query = new URLSearchParams(request.url.split("?")[1] ?? "").get("api-version");
  const version = query ?? /api-version=([^;,\s]+)/.exec(request.headers.accept ?? "")?.[1];
  if (!version) {
    if (request.method === "GET" || request.method === "OPTIONS") return;
    throw versionNotSupplied(request.method);
  }
  const number = /^(\d+\.\d+)(-preview(\.\d+)?)?$/.exec(version)?.[1];
  if (!number) throw invalidArgument(`The api-version '${version}' is not valid.`);
  if (Number(number) > Number(latestVersion)) throw versionOutOfRange(version, latestVersion);
}

function asServiceError(error: FastifyError): ServiceError {
  if (error instanceof ServiceError) return error;
  if (error.statusCode !== undefined && error.statusCode < 500) {
    const [unknown] = error.validation?.flatMap(({ params }) => params.additionalProperty ?? []) ?? [];
    const message = unknown ? `The local Azure DevOps does not take the property '${unknown}' here.` : error.message;
    return new ServiceError(error.statusCode, "System.ArgumentException, mscorlib", message);
  }
  return new ServiceError(500, "System.Exception, mscorlib", `The local Azure DevOps failed: ${error.message}`);
}
