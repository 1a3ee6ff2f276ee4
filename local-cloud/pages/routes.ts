import { readFileSync } from "node:fs";
import type { FastifyError, FastifyInstance, FastifyReply } from "fastify";
import * as z from "zod";
import { isPage } from "../azuredevops/access";
import { ServiceError } from "../azuredevops/common/errors";
import { dataPath } from "../package/files";
import { isFromLoopback, setHeaders } from "./access";
import { connectionPage } from "./connection-page";
import { connectionsPage } from "./connections-page";
import { layout, type Page, staticPath } from "./layout";
import { logPage, rawLog } from "./log-page";
import { notFoundPage } from "./not-found-page";
import { organizationPage } from "./organization-page";
import { pipelinePage } from "./pipeline-page";
import { pipelinesPage } from "./pipelines-page";
import { projectPage } from "./project-page";
import { pullRequestPage } from "./pull-request-page";
import { registriesPage } from "./registries-page";
import { imagePage, registryPage } from "./registry-page";
import { repositoriesPage } from "./repositories-page";
import { commitPage, commitUrl, repositoryPage } from "./repository-page";
import { runPage } from "./run-page";
import type { Site } from "./site";
import { testRunPage } from "./test-run-page";
import { urlsOf } from "./urls";

/** Files of the pages, with their media types. */
const files = {
  "pages.css": "text/css; charset=utf-8",
  "live.js": "text/javascript; charset=utf-8",
  "icon.svg": "image/svg+xml",
};

interface Asked {
  Params: { project: string; name: string; id: string; "*": string };
  Querystring: Partial<Record<string, string>>;
}

/** A name that is given twice is a list, which no page takes. */
const querystring = z.record(z.string(), z.string());

/**
 * The pages that stand where Azure DevOps' own are, to be looked at and no more. They are open to whoever can reach
 * the server by its loopback address, and show no secret.
 *
 * @param url where the server is reached, without the organization
 */
export function pages(app: FastifyInstance, site: Site, url: string): void {
  const root = urlsOf(site).root;
  const options = { config: { page: true as const }, schema: { querystring } };
  const send = (reply: FastifyReply, page: Page, status = 200) =>
    reply.code(status).type("text/html; charset=utf-8").send(layout(site, page).text);
  const show = (path: string, make: (params: Asked["Params"], query: Asked["Querystring"]) => Page | Promise<Page>) =>
    app.get<Asked>(`${root}${path}`, options, async ({ params, query }, reply) =>
      send(reply, await make(params, query)),
    );

  app.addHook("onRequest", async (request, reply) => {
    if (!isPage(request)) return;
    setHeaders(reply);
    if (isFromLoopback(request, url)) return;
    return reply
      .code(421)
      .type("text/plain; charset=utf-8")
      .send(`These pages are at ${url}${root}, and nowhere else.\n`);
  });

  app.setErrorHandler<FastifyError>((error, request, reply) => {
    if (!isPage(request)) throw error;
    const status = error.statusCode ?? 500;
    if (status === 404) return send(reply, notFoundPage(site, error.message), 404);
    if (status >= 500 && !(error instanceof ServiceError)) request.log.error(error);
    return send(reply, { title: "This page cannot be shown", body: error.message }, status);
  });

  app.get("/", options, async (_, reply) => reply.redirect(root));
  show("", () => organizationPage(site));
  show("/:project", ({ project }) => projectPage(site, project));
  show("/:project/_settings/adminservices", ({ project }, { resourceId }) =>
    resourceId === undefined ? connectionsPage(site, project) : connectionPage(site, project, resourceId),
  );
  show("/:project/_build", ({ project }, { definitionId }) =>
    definitionId === undefined ? pipelinesPage(site, project) : pipelinePage(site, project, definitionId),
  );
  show("/:project/_build/definition", ({ project }, { definitionId = "" }) =>
    pipelinePage(site, project, definitionId),
  );
  show("/:project/_build/designer", ({ project }, { id = "" }) => pipelinePage(site, project, id));
  app.get<Asked>(`${root}/:project/_build/results`, options, async ({ params, query }, reply) => {
    const { buildId = "", view, t, format, from } = query;
    if (view !== "logs" || t === undefined) return send(reply, runPage(site, params.project, buildId));
    if (format !== "text") return send(reply, logPage(site, params.project, buildId, t, from));
    return reply.type("text/plain; charset=utf-8").send(rawLog(site, params.project, buildId, t));
  });
  show("/:project/_TestManagement/Runs", ({ project }, { runId = "" }) => testRunPage(site, project, runId));
  show("/:project/_git", ({ project }) => repositoriesPage(site, project));
  show("/:project/_git/:name", ({ project, name }, query) => repositoryPage(site, project, name, query));
  show("/:project/_git/:name/commit/:id", ({ project, name, id }) => commitPage(site, project, name, id));
  show("/:project/_git/:name/pullrequest/:id", ({ project, name, id }) => pullRequestPage(site, project, name, id));
  app.get<Asked>(`${root}/_git/:name/commit/:id`, options, async ({ params }, reply) =>
    reply.redirect(commitUrl(site, params.name, params.id)),
  );
  show("/:project/_registries", ({ project }) => registriesPage(site, project));
  show("/:project/_registries/:name", ({ project, name }) => registryPage(site, project, name));
  show("/:project/_registries/:name/*", ({ project, name, "*": path }) => imagePage(site, project, name, path));

  for (const [name, type] of Object.entries(files)) {
    const content = readFileSync(dataPath(`pages/static/${name}`));
    app.get(`${staticPath}/${name}`, options, async (_, reply) => reply.type(type).send(content));
  }

  app.get("/*", options, async (request, reply) => {
    if (!isPage(request)) return reply.callNotFound();
    return send(reply, notFoundPage(site, `There is no page at ${request.url.split("?")[0]}.`), 404);
  });
}
