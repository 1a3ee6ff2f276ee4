import { createReadStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import * as z from "zod";
import { authorize } from "../../../src/image/registry-login";
import { registryUrl } from "../../../src/image/registry-url";
import type { SignedIn } from "../connection";

const descriptor = z.object({ mediaType: z.string(), digest: z.string(), size: z.number() });
type Descriptor = z.output<typeof descriptor>;

const index = z.object({ manifests: z.array(descriptor) });
const image = z.object({ config: descriptor, layers: z.array(descriptor) });

export interface PushOptions {
  /** An OCI image layout (https://github.com/opencontainers/image-spec/blob/main/image-layout.md) of one image. */
  layout: string;
  repository: string;
  tag: string;
  signedIn: SignedIn;
  signal: AbortSignal;
  line: (text: string) => void;
}

/**
 * Pushes an image as `docker push` does, and says the same.
 *
 * @returns the digest
 * @throws Error with the registry's reason
 */
export async function pushImage(options: PushOptions): Promise<string> {
  const { layout, repository, tag, signedIn, line } = options;
  const [root] = index.parse(JSON.parse(readFileSync(join(layout, "index.json"), "utf8"))).manifests;
  if (root === undefined) throw new Error(`${layout} holds no image.`);
  line(`The push refers to repository [${signedIn.loginServer}/${repository}]`);
  await new Upload(options).manifest(root, tag);
  line(`${tag}: digest: ${root.digest} size: ${root.size}`);
  return root.digest;
}

class Upload {
  private readonly url: string;
  private authorization: string | undefined;

  constructor(private readonly options: PushOptions) {
    this.url = `${registryUrl(options.signedIn.loginServer)}/v2/${options.repository}`;
  }

  /** Uploads a manifest after what it refers to. @param reference a tag, or its digest */
  async manifest({ digest, mediaType }: Descriptor, reference: string): Promise<void> {
    const content = readFileSync(this.file(digest));
    const parsed: unknown = JSON.parse(content.toString("utf8"));
    const list = index.safeParse(parsed);
    if (list.success) for (const each of list.data.manifests) await this.manifest(each, each.digest);
    else {
      const { config, layers } = image.parse(parsed);
      for (const layer of layers) {
        const pushed = await this.blob(layer);
        this.options.line(`${layer.digest.slice("sha256:".length, 19)}: ${pushed ? "Pushed" : "Layer already exists"}`);
      }
      await this.blob(config);
    }
    await this.send(`/manifests/${reference}`, 201, {
      method: "PUT",
      headers: { "content-type": mediaType },
      body: content,
    });
  }

  /** Uploads a blob in two requests ("Pushing a blob monolithically"). @returns whether it was not there yet */
  private async blob({ digest, size }: Descriptor): Promise<boolean> {
    const head = await this.attempt(`${this.url}/blobs/${digest}`, { method: "HEAD" });
    if (head.status === 200) return false;
    const begun = await this.send("/blobs/uploads/", 202, { method: "POST" });
    const location = new URL(begun.headers.get("location") ?? "", begun.url);
    location.searchParams.set("digest", digest);
    await this.send(location.href, 201, {
      method: "PUT",
      headers: { "content-type": "application/octet-stream", "content-length": `${size}` },
      body: Readable.toWeb(createReadStream(this.file(digest))),
      duplex: "half",
    });
    return true;
  }

  private file(digest: string): string {
    return join(this.options.layout, "blobs", digest.replace(":", "/"));
  }

  private async send(path: string, expected: number, init: RequestInit): Promise<Response> {
    const url = path.startsWith("/") ? this.url + path : path;
    const response = await this.attempt(url, init);
    if (response.status === expected) {
      await response.body?.cancel();
      return response;
    }
    const { repository, signedIn } = this.options;
    const said = `${response.status} ${(await response.text()).trim()}`;
    if (response.status === 401 || response.status === 403) {
      throw new Error(
        `denied: the registry ${signedIn.loginServer} does not let this identity push to ${repository} (${said}). ` +
          "It needs the role AcrPush, or Container Registry Repository Writer.",
      );
    }
    throw new Error(`The registry answered ${init.method} ${url} with ${said}.`);
  }

  /** Sends a request, and again with a new token if the registry asks for one. */
  private async attempt(url: string, init: RequestInit): Promise<Response> {
    const request = () =>
      fetch(url, {
        ...init,
        headers: { ...init.headers, ...(this.authorization && { authorization: this.authorization }) },
        signal: this.options.signal,
      });
    const response = await request();
    // A blob, which can be sent once only, comes right after the request that begins its upload.
    if (response.status !== 401 || init.body instanceof ReadableStream) return response;
    await response.body?.cancel();
    const { signedIn, repository } = this.options;
    const challenge = response.headers.get("www-authenticate") ?? "";
    this.authorization = await authorize(challenge, {
      registry: signedIn.loginServer,
      repository,
      login: signedIn.login,
    });
    return request();
  }
}
