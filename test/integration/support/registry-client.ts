import { createHash } from "node:crypto";

/** What a registry answered last, and the digest of what was pushed. */
export interface Pushed {
  response: Response;
  digest: string;
}

export const manifestType = "application/vnd.oci.image.manifest.v1+json";

/** A client of one Azure container registry over plain HTTP, written from Azure's and OCI's documents alone. */
export class RegistryClient {
  /**
   * @param server login server.
   * @param azureToken gets an Azure Resource Manager token for a principal.
   */
  constructor(
    readonly server: string,
    private readonly azureToken: (principal: string) => Promise<string>,
  ) {}

  postForm(path: string, fields: Record<string, string>): Promise<Response> {
    return fetch(`http://${this.server}${path}`, { method: "POST", body: new URLSearchParams(fields) });
  }

  exchange(azureToken: string, fields: Record<string, string> = {}): Promise<Response> {
    const service = this.server;
    return this.postForm("/oauth2/exchange", {
      grant_type: "access_token",
      service,
      access_token: azureToken,
      ...fields,
    });
  }

  token(refreshToken: string, scope: string): Promise<Response> {
    const fields = { grant_type: "refresh_token", service: this.server, scope, refresh_token: refreshToken };
    return this.postForm("/oauth2/token", fields);
  }

  async refreshToken(principal: string): Promise<string> {
    return field(await this.exchange(await this.azureToken(principal)), "refresh_token");
  }

  async accessToken(principal: string, scope: string): Promise<string> {
    return field(await this.token(await this.refreshToken(principal), scope), "access_token");
  }

  /** @param url a path, or a `Location` that the registry gave. */
  call(method: string, url: string, token?: string, body?: Buffer, type?: string): Promise<Response> {
    const headers: Record<string, string> = { accept: manifestType };
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    if (type !== undefined) headers["content-type"] = type;
    return fetch(new URL(url, `http://${this.server}`), { method, headers, body });
  }

  async catalog(principal: string): Promise<string[]> {
    const response = await this.call("GET", "/v2/_catalog", await this.accessToken(principal, "registry:catalog:*"));
    const { repositories } = (await response.json()) as { repositories: string[] };
    return repositories;
  }

  async pushBlob(repository: string, content: Buffer, token: string): Promise<Response> {
    const started = await this.call("POST", `/v2/${repository}/blobs/uploads/`, token);
    if (started.status !== 202) return started;
    const end = `${started.headers.get("location")}&digest=${encodeURIComponent(digestOf(content))}`;
    return this.call("PUT", end, token, content, "application/octet-stream");
  }

  /** Pushes an image of one layer, as a principal. */
  async pushImage(principal: string, repository: string, tag: string, layer = Buffer.from("layer")): Promise<Pushed> {
    const token = await this.accessToken(principal, `repository:${repository}:pull,push`);
    const config = Buffer.from("{}");
    for (const blob of [config, layer]) {
      const response = await this.pushBlob(repository, blob, token);
      if (response.status !== 201) return { response, digest: "" };
    }
    const describe = (mediaType: string, blob: Buffer) => ({ mediaType, digest: digestOf(blob), size: blob.length });
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: manifestType,
        config: describe("application/vnd.oci.image.config.v1+json", config),
        layers: [describe("application/vnd.oci.image.layer.v1.tar", layer)],
      }),
    );
    const response = await this.call("PUT", `/v2/${repository}/manifests/${tag}`, token, manifest, manifestType);
    return { response, digest: digestOf(manifest) };
  }
}

export function digestOf(content: Buffer): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

async function field(response: Response, name: string): Promise<string> {
  const body = (await response.json()) as Record<string, string>;
  const value = body[name];
  if (value === undefined) throw new Error(`${response.url} answered ${response.status}: ${JSON.stringify(body)}`);
  return value;
}
