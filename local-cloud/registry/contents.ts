import * as z from "zod";
import { nextLink } from "../../src/common/link-header";
import { Repository } from "../../src/image/repository";
import { operator, type TokenIssuer } from "../cloud/identity";
import type { Registries } from "./host";

/** What is in the Azure container registries, as they themselves say. */
export interface RegistryContents {
  /** All registries, in the order of their creation. */
  list(): { name: string; loginServer: string }[];
  /** Paths of a registry's repositories. @param loginServer `host:port` of one that is listed */
  repositories(loginServer: string): Promise<string[]>;
  /** A repository's tags and what they lead to, by name; none if there is no such repository. */
  images(loginServer: string, repository: string): Promise<TaggedImage[]>;
}

export interface TaggedImage {
  tag: string;
  digest: string;
  mediaType: string;
  /** Bytes to pull, layers and configuration; undefined for a list of platforms. */
  size: number | undefined;
  /** `linux/amd64`; of a list all that it has. */
  platforms: string[];
  /** ISO 8601, if the image says it. */
  created: string | undefined;
}

const descriptor = z.object({ mediaType: z.string(), digest: z.string(), size: z.number() });
const platform = z.object({ os: z.string(), architecture: z.string() });
const manifestForm = z.object({
  config: descriptor.optional(),
  layers: z.array(descriptor).default([]),
  manifests: z.array(descriptor.extend({ platform: platform.optional() })).default([]),
});
const configForm = platform.partial().extend({ created: z.string().optional() });

/** More than any configuration of an image is long, in bytes. */
const configLimit = 4 * 1024 * 1024;

/** Reads the registries as the local cloud's operator, with tokens that allow to read only. */
export function readContents(registries: Pick<Registries, "list">, tokens: TokenIssuer): RegistryContents {
  return {
    list: () => registries.list(),

    async repositories(loginServer) {
      const catalog = { type: "registry", name: "catalog", actions: ["*"] };
      const authorization = `Bearer ${await tokens.issueAccessToken(operator.objectId, loginServer, [catalog])}`;
      const found: string[] = [];
      for (let next: string | undefined = "/v2/_catalog?n=1000"; next !== undefined; ) {
        const response: Response = await fetch(new URL(next, `http://${loginServer}`), { headers: { authorization } });
        const text = await response.text();
        if (!response.ok) throw new Error(`the registry ${loginServer} answered ${response.status}: ${text}`);
        found.push(...z.object({ repositories: z.array(z.string()) }).parse(JSON.parse(text)).repositories);
        next = nextLink(response.headers.get("link"));
      }
      return found;
    },

    async images(loginServer, name) {
      const identityToken = await tokens.issueRefreshToken(operator.objectId, loginServer);
      const repository = new Repository({ registry: loginServer, repository: name, login: { identityToken } });
      const tags = await repository.tags();
      return Promise.all(tags.sort().map((tag) => readTag(repository, tag)));
    },
  };
}

async function readTag(repository: Repository, tag: string): Promise<TaggedImage> {
  const { mediaType, text, digest } = await repository.manifest(tag);
  const { config, layers, manifests } = manifestForm.parse(JSON.parse(text));
  // Attestations are listed beside images, as manifests for the platform unknown/unknown.
  const listed = manifests.flatMap(({ platform }) => (platform && platform.os !== "unknown" ? [nameOf(platform)] : []));
  if (config === undefined) {
    return { tag, digest, mediaType, size: undefined, platforms: listed, created: undefined };
  }
  const { os, architecture, created } = configForm.parse(JSON.parse(await readConfig(repository, config)));
  return {
    ...{ tag, digest, mediaType, created },
    size: layers.reduce((sum, layer) => sum + layer.size, config.size),
    platforms: os !== undefined && architecture !== undefined ? [nameOf({ os, architecture })] : [],
  };
}

async function readConfig(repository: Repository, config: z.output<typeof descriptor>): Promise<string> {
  if (config.size > configLimit) return "{}";
  const chunks: Uint8Array[] = [];
  for await (const chunk of repository.blob(config)) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function nameOf({ os, architecture }: z.output<typeof platform>): string {
  return `${os}/${architecture}`;
}
