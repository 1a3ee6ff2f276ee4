import { getPersonalAccessTokenHandler, WebApi } from "azure-devops-node-api";
import { z } from "zod";
import { operator } from "../sandbox/identity";
import type { Running } from "../sandbox/status";
import { UserError } from "../toolchain/errors";

const definitionOutput = z.object({ id: z.string(), name: z.string(), url: z.string() });

/** The outputs of the program's stack, as `pulumi stack output --json` prints them. */
export const stackOutputs = z.object({
  registry: z.object({ name: z.string(), loginServer: z.string(), id: z.string() }),
  image: z.object({ repository: z.string(), digest: z.string(), reference: z.string(), tags: z.array(z.string()) }),
  serviceConnection: z.object({ id: z.string(), name: z.string() }),
  imageBuildPipeline: definitionOutput,
  modelPipeline: definitionOutput,
});
export type StackOutputs = z.output<typeof stackOutputs>;

/** What there is, as the services themselves say. */
export interface FarSide {
  registry: { name: string; loginServer: string };
  /** `tags`: all that the repository has; each tag of this deployment is known to lead to `digest`. */
  image: { repository: string; digest: string; tags: string[] };
  serviceConnection: { id: string; name: string; scheme: string };
  pipelines: { role: string; name: string; url: string }[];
}

const pipelineRoles = [
  ["imageBuildPipeline", "image-build pipeline"],
  ["modelPipeline", "model pipeline"],
] as const;

/**
 * Asks the registry and Azure DevOps whether everything is there that the stack's outputs name.
 * @throws UserError that lists what is not.
 */
export async function readFarSide(outputs: StackOutputs, cloud: Running): Promise<FarSide> {
  const missing: string[] = [];
  const expect = (condition: boolean, otherwise: string) => {
    if (!condition) missing.push(otherwise);
  };
  const { registry, image } = outputs;

  const pull = await signIn(registry.loginServer, image.repository, cloud);
  const tags = await tagsOf(registry.loginServer, image.repository, pull);
  for (const tag of image.tags) {
    const digest = await digestOf(registry.loginServer, image.repository, tag, pull);
    expect(
      digest === image.digest,
      `${image.repository}:${tag} is ${digest ?? "not in the registry"}, not ${image.digest}`,
    );
  }

  const { orgServiceUrl, personalAccessToken, project } = cloud.azureDevOps;
  const azureDevOps = new WebApi(orgServiceUrl, getPersonalAccessTokenHandler(personalAccessToken));
  const endpoints = await azureDevOps.getServiceEndpointApi();
  const endpoint = await endpoints.getServiceEndpointDetails(project, outputs.serviceConnection.id);
  expect(
    endpoint?.name === outputs.serviceConnection.name && endpoint.isReady === true,
    `the service connection ${outputs.serviceConnection.name} is ${endpoint?.name ? "not ready" : "not in Azure DevOps"}`,
  );

  const builds = await azureDevOps.getBuildApi();
  const pipelines: FarSide["pipelines"] = [];
  for (const [key, role] of pipelineRoles) {
    const { id, name, url } = outputs[key];
    const definition = await builds.getDefinition(project, Number(id));
    expect(definition?.name === name, `the pipeline ${name} (definition ${id}) is not in Azure DevOps`);
    pipelines.push({ role, name, url: definition?._links?.web?.href ?? url });
  }

  if (missing.length > 0)
    throw new UserError(`pulumi has finished, but not everything is there:\n  ${missing.join("\n  ")}`);
  return {
    registry,
    image: { ...image, tags },
    serviceConnection: { ...outputs.serviceConnection, scheme: endpoint.authorization?.scheme ?? "" },
    pipelines,
  };
}

const token = z.object({ access_token: z.string() });

/** An access token to pull from a repository: the operator's Azure token, exchanged as Azure's registries have it. */
async function signIn(loginServer: string, repository: string, { azure }: Running): Promise<string> {
  const entra = await post(`${azure.url}/${azure.tenantId}/oauth2/v2.0/token`, {
    grant_type: "client_credentials",
    client_id: operator.clientId,
    client_secret: operator.clientSecret,
    scope: "https://management.azure.com/.default",
  });
  const exchanged = await post(`http://${loginServer}/oauth2/exchange`, {
    grant_type: "access_token",
    service: loginServer,
    tenant: azure.tenantId,
    access_token: token.parse(entra).access_token,
  });
  const access = await post(`http://${loginServer}/oauth2/token`, {
    grant_type: "refresh_token",
    service: loginServer,
    scope: `repository:${repository}:pull,metadata_read`,
    refresh_token: z.object({ refresh_token: z.string() }).parse(exchanged).refresh_token,
  });
  return token.parse(access).access_token;
}

async function post(url: string, form: Record<string, string>): Promise<unknown> {
  const response = await fetch(url, { method: "POST", body: new URLSearchParams(form) });
  if (!response.ok) throw new UserError(`${url} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

async function tagsOf(loginServer: string, repository: string, accessToken: string): Promise<string[]> {
  const url = `http://${loginServer}/v2/${repository}/tags/list`;
  const response = await fetch(url, { headers: { authorization: `Bearer ${accessToken}` } });
  if (response.status === 404) return [];
  if (!response.ok) throw new UserError(`${url} answered ${response.status}: ${await response.text()}`);
  return z.object({ tags: z.array(z.string()).nullable() }).parse(await response.json()).tags ?? [];
}

const manifestTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];

async function digestOf(server: string, repository: string, tag: string, accessToken: string) {
  const response = await fetch(`http://${server}/v2/${repository}/manifests/${tag}`, {
    method: "HEAD",
    headers: { authorization: `Bearer ${accessToken}`, accept: manifestTypes.join(", ") },
  });
  return response.headers.get("docker-content-digest") ?? undefined;
}
