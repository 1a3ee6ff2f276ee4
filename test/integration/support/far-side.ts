import { getPersonalAccessTokenHandler, WebApi } from "azure-devops-node-api";
import { localCloud } from "./local-cloud";
import { RegistryClient } from "./registry-client";

/** Azure DevOps, through its official client. */
export function azureDevOps(): WebApi {
  const { orgServiceUrl, personalAccessToken } = localCloud().azureDevOps;
  return new WebApi(orgServiceUrl, getPersonalAccessTokenHandler(personalAccessToken));
}

/** An answer of Azure Resource Manager. */
export interface ArmAnswer {
  status: number;
  body: { id?: string; properties?: Record<string, unknown>; value?: { id: string }[] } | undefined;
}

/** Calls Azure Resource Manager over HTTP as the identity that runs Pulumi. The path begins after the subscription. */
export async function arm(method: string, path: string, apiVersion: string, body?: object): Promise<ArmAnswer> {
  const { url, subscriptionId } = localCloud().azure;
  const id = path.startsWith("/subscriptions/") ? path : `/subscriptions/${subscriptionId}${path}`;
  const response = await fetch(`${url}${id}?api-version=${apiVersion}`, {
    method,
    headers: { authorization: `Bearer ${await azureToken()}`, "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
}

/** Calls Azure Resource Manager and expects it to agree. */
export async function armOk(...call: Parameters<typeof arm>): Promise<NonNullable<ArmAnswer["body"]>> {
  const { status, body } = await arm(...call);
  if (status >= 300) throw new Error(`${call.slice(0, 2).join(" ")} answered ${status}: ${JSON.stringify(body)}`);
  return body ?? {};
}

/** The digest that a tag leads to in a registry, or undefined. */
export async function digestOfTag(loginServer: string, repository: string, tag: string): Promise<string | undefined> {
  const client = registry(loginServer);
  const token = await client.accessToken("operator", `repository:${repository}:pull`);
  const response = await client.call("HEAD", `/v2/${repository}/manifests/${tag}`, token);
  return response.ok ? (response.headers.get("docker-content-digest") ?? undefined) : undefined;
}

/** The tags of a repository in a registry, sorted. */
export async function tagsOf(loginServer: string, repository: string): Promise<string[]> {
  const client = registry(loginServer);
  const token = await client.accessToken("operator", `repository:${repository}:pull,metadata_read`);
  const response = await client.call("GET", `/v2/${repository}/tags/list`, token);
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
  const { tags } = (await response.json()) as { tags: string[] };
  return tags.sort();
}

/** The repositories of a registry, sorted. */
export async function repositoriesOf(loginServer: string): Promise<string[]> {
  return (await registry(loginServer).catalog("operator")).sort();
}

/** The configuration of the image that a tag or a digest leads to. */
export async function imageConfig(loginServer: string, repository: string, reference: string): Promise<ImageConfig> {
  const { manifest, blob } = await pull(loginServer, repository, reference);
  return (await blob(manifest.config.digest)).json() as Promise<ImageConfig>;
}

/** The layers of the image that a tag or a digest leads to, the lowest first. */
export async function layersOf(loginServer: string, repository: string, reference: string) {
  const { manifest, blob } = await pull(loginServer, repository, reference);
  return manifest.layers.map(({ digest }) => ({
    digest,
    content: async () => Buffer.from(await (await blob(digest)).arrayBuffer()),
  }));
}

async function pull(loginServer: string, repository: string, reference: string) {
  const client = registry(loginServer);
  const token = await client.accessToken("operator", `repository:${repository}:pull`);
  const response = await client.call("GET", `/v2/${repository}/manifests/${reference}`, token);
  const manifest = (await response.json()) as { config: { digest: string }; layers: { digest: string }[] };
  const blob = (digest: string) => client.call("GET", `/v2/${repository}/blobs/${digest}`, token);
  return { manifest, blob };
}

export interface ImageConfig {
  os: string;
  config: { User?: string; Entrypoint?: string[]; Env?: string[]; Labels?: Record<string, string> };
}

/** A registry, as the identity that runs Pulumi. */
export function registry(loginServer: string): RegistryClient {
  return new RegistryClient(loginServer, azureToken);
}

async function azureToken(): Promise<string> {
  const { url, tenantId, clientId, clientSecret } = localCloud().azure;
  const response = await fetch(`${url}/${tenantId}/oauth2/v2.0/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: clientSecret,
      scope: "https://management.azure.com/.default",
    }),
  });
  const { access_token } = (await response.json()) as { access_token: string };
  return access_token;
}
