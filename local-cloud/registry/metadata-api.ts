import type { IncomingMessage } from "node:http";
import { json } from "node:stream/consumers";
import * as z from "zod";
import { isRepository } from "../../src/image/reference";
import type { RegistryAccess, TokenIssuer } from "../cloud/identity";
import { type Attributes, Locks } from "./locks";
import { Refusal, unauthorized } from "./refusal";
import { type Manifest, RepositoryFiles, type Tag } from "./repository-files";

/** What is answered; a refusal is thrown. */
export interface MetadataAnswer {
  status: 200 | 202;
  body: object | undefined;
  headers: Record<string, string>;
}

/** What a request is about. */
interface Target {
  method: string;
  repository: string;
  query: URLSearchParams;
  body: () => Promise<unknown>;
}

/** The token's action that each method takes. */
const actions: Record<string, string | undefined> = { GET: "metadata_read", PATCH: "metadata_write", DELETE: "delete" };

/** Entries on a page, as with Azure. */
const defaultPage = 100;

const patchForm = z.strictObject({
  deleteEnabled: z.boolean(),
  writeEnabled: z.boolean(),
  listEnabled: z.literal(true),
  readEnabled: z.literal(true),
});

/**
 * An Azure container registry's own API, `/acr/v1`: repositories, tags and manifests with their attributes, read, locked
 * and deleted (https://learn.microsoft.com/rest/api/containerregistry/). Of the attributes it knows `deleteEnabled` and
 * `writeEnabled`. What it does not know it refuses by name.
 */
export class MetadataApi {
  private readonly files: RepositoryFiles;
  private readonly locks: Locks;

  constructor(
    private readonly options: {
      loginServer: string;
      /** Where the registry process keeps its content. */
      storage: string;
      tokens: TokenIssuer;
    },
  ) {
    this.files = new RepositoryFiles(options.storage);
    this.locks = new Locks(options.storage);
  }

  /** @throws Refusal */
  async answer(request: IncomingMessage, path: string): Promise<MetadataAnswer> {
    const { method = "" } = request;
    const query = new URLSearchParams(request.url?.slice(path.length));
    const inside = decoded(path.slice("/acr/v1/".length));
    if (inside === "_catalog" && method === "GET") {
      await this.authorize(request, { type: "registry", name: "catalog", actions: ["*"] });
      const { page, headers } = paged(this.files.repositories(), (name) => name, query, path);
      return { status: 200, body: { repositories: page }, headers };
    }

    const [, repository = "", list, name] = /^(.+?)(?:\/(_tags|_manifests)(?:\/([^/]+))?)?$/.exec(inside) ?? [];
    const action = actions[method];
    if (action === undefined || !isRepository(repository)) throw unknownOperation(method, path);
    await this.authorize(request, { type: "repository", name: repository, actions: [action] });
    if (!this.files.exists(repository)) {
      throw new Refusal(404, "NAME_UNKNOWN", "repository name not known to registry", { detail: { name: repository } });
    }
    const target = { method, repository, query, body: () => json(request) };
    if (list === undefined) return this.repository(target, path);
    if (name === undefined) return list === "_tags" ? this.tags(target, path) : this.manifests(target, path);
    return list === "_tags" ? this.tag(target, name, path) : this.manifest(target, name, path);
  }

  /**
   * The manifests that refer to one, which the registry process cannot list:
   * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-referrers
   *
   * @throws Refusal
   */
  async referrers(request: IncomingMessage, repository: string, subject: string): Promise<MetadataAnswer> {
    await this.authorize(request, { type: "repository", name: repository, actions: ["pull"] });
    const mediaType = "application/vnd.oci.image.index.v1+json";
    const manifests = this.files.referrers(repository, subject);
    return answerOf({ schemaVersion: 2, mediaType, manifests }, 200, { "content-type": mediaType });
  }

  /** @throws Refusal if a lock forbids what the registry process is about to be asked for */
  checkLocks(method: string, path: string): void {
    const [, repository, reference] = /^\/v2\/(.+)\/manifests\/([^/]+)$/.exec(decoded(path)) ?? [];
    if (repository === undefined || reference === undefined) return;
    const name = reference.includes(":") ? `${repository}@${reference}` : `${repository}:${reference}`;
    if (method === "PUT" && !this.locks.mayWrite(repository, name)) throw disallowed();
    if (method !== "DELETE") return;
    const tags = this.files.tags(repository).filter(({ digest }) => digest === reference);
    const lost = [repository, name, ...tags.map((tag) => `${repository}:${tag.name}`)];
    if (!this.locks.mayDelete(...lost)) throw disallowed();
  }

  private async repository(target: Target, path: string): Promise<MetadataAnswer> {
    const { method, repository } = target;
    const tags = this.files.tags(repository);
    const manifests = this.files.manifests(repository);
    if (method === "DELETE") {
      const inIt = [
        ...tags.map(({ name }) => `${repository}:${name}`),
        ...manifests.map(({ digest }) => `${repository}@${digest}`),
      ];
      if (!this.locks.mayDelete(repository, ...inIt)) throw disallowed();
      this.files.deleteRepository(repository);
      this.locks.forget((name) => /^[^:@]+/.exec(name)?.[0] === repository);
      return answerOf(
        { manifestsDeleted: manifests.map(({ digest }) => digest), tagsDeleted: tags.map(({ name }) => name) },
        202,
      );
    }
    if (method === "PATCH") await this.lock(repository, target);
    else if (method !== "GET") throw unknownOperation(method, path);
    const times = manifests.map(({ created }) => created.getTime());
    return answerOf({
      ...this.heading(repository),
      createdTime: new Date(Math.min(...times)).toISOString(),
      lastUpdateTime: new Date(Math.max(...times)).toISOString(),
      manifestCount: manifests.length,
      tagCount: tags.length,
      ...this.changeable(repository),
    });
  }

  private tags({ method, repository, query }: Target, path: string): MetadataAnswer {
    if (method !== "GET") throw unknownOperation(method, path);
    const { page, headers } = paged(this.files.tags(repository), ({ name }) => name, query, path);
    return answerOf(
      { ...this.heading(repository), tags: page.map((tag) => this.showTag(repository, tag)) },
      200,
      headers,
    );
  }

  private async tag(target: Target, name: string, path: string): Promise<MetadataAnswer> {
    const { method, repository } = target;
    const tag = this.files.tags(repository).find((each) => each.name === name);
    if (tag === undefined) {
      throw new Refusal(404, "TAG_UNKNOWN", "the specified tag does not exist", {
        detail: { Name: repository, Tag: name },
      });
    }
    if (method === "DELETE") {
      if (!this.locks.mayDelete(repository, `${repository}:${name}`)) throw disallowed();
      this.files.deleteTag(repository, name);
      this.locks.forget((each) => each === `${repository}:${name}`);
      return answerOf(undefined, 202);
    }
    if (method === "PATCH") await this.lock(`${repository}:${name}`, target);
    else if (method !== "GET") throw unknownOperation(method, path);
    return answerOf({ ...this.heading(repository), tag: this.showTag(repository, tag) });
  }

  private manifests({ method, repository, query }: Target, path: string): MetadataAnswer {
    if (method !== "GET") throw unknownOperation(method, path);
    const { page, headers } = paged(this.files.manifests(repository), ({ digest }) => digest, query, path);
    const manifests = page.map((manifest) => this.showManifest(repository, manifest));
    return answerOf({ ...this.heading(repository), manifests }, 200, headers);
  }

  private async manifest(target: Target, digest: string, path: string): Promise<MetadataAnswer> {
    const { method, repository } = target;
    const manifest = this.files.manifests(repository).find((each) => each.digest === digest);
    if (manifest === undefined) {
      throw new Refusal(404, "MANIFEST_UNKNOWN", `manifest ${digest} is not found`, {
        detail: { name: repository, revision: digest },
      });
    }
    if (method === "PATCH") await this.lock(`${repository}@${digest}`, target);
    else if (method !== "GET") throw unknownOperation(method, path);
    return answerOf({ ...this.heading(repository), manifest: this.showManifest(repository, manifest) });
  }

  private async lock(name: string, { body }: Target): Promise<void> {
    const patch = patchForm.partial().safeParse(await body().catch(() => undefined));
    if (!patch.success) throw notEmulated(`these attributes: ${z.prettifyError(patch.error)}`);
    const { deleteEnabled, writeEnabled } = { ...this.locks.of(name), ...patch.data };
    this.locks.set(name, { deleteEnabled, writeEnabled });
  }

  private heading(repository: string) {
    return { registry: this.options.loginServer, imageName: repository };
  }

  private showTag(repository: string, { name, digest, created }: Tag): object {
    const time = created.toISOString();
    const shown = { name, digest, createdTime: time, lastUpdateTime: time, signed: false };
    return { ...shown, ...this.changeable(`${repository}:${name}`) };
  }

  private showManifest(repository: string, { created, ...manifest }: Manifest): object {
    const { digest } = manifest;
    const tags = this.files.tags(repository).flatMap((tag) => (tag.digest === digest ? [tag.name] : []));
    const time = created.toISOString();
    const shown = { ...manifest, createdTime: time, lastUpdateTime: time, ...(tags.length > 0 && { tags }) };
    return { ...shown, ...this.changeable(`${repository}@${digest}`) };
  }

  private changeable(name: string): { changeableAttributes: Attributes & { readEnabled: true; listEnabled: true } } {
    return { changeableAttributes: { ...this.locks.of(name), readEnabled: true, listEnabled: true } };
  }

  /** Lets only a token of this registry through that allows the action; the others are told which. */
  private async authorize(request: IncomingMessage, { type, name, actions }: RegistryAccess): Promise<void> {
    const { loginServer, tokens } = this.options;
    const [action = ""] = actions;
    const challenge = `Bearer realm="http://${loginServer}/oauth2/token",service="${loginServer}",scope="${type}:${name}:${action}"`;
    const refuse = (reason: string, error = "") =>
      unauthorized(reason, {
        detail: [{ Type: type, Name: name, Action: action }],
        headers: { "www-authenticate": challenge + error },
      });
    const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1];
    if (token === undefined) throw refuse("no token");
    const access = await tokens.verifyAccessToken(token, loginServer).catch((error: Error) => {
      throw refuse(error.message, ',error="invalid_token"');
    });
    if (!access.some((each) => each.type === type && each.name === name && each.actions.includes(action))) {
      throw refuse(`the token does not allow ${action} on ${name}`, ',error="insufficient_scope"');
    }
  }
}

/** A page of a list that is sorted by `nameOf`, and where the next one is. */
function paged<T>(entries: T[], nameOf: (entry: T) => string, query: URLSearchParams, path: string) {
  for (const [name, value] of query) {
    if (!["n", "last", "api-version"].includes(name) && value !== "") throw notEmulated(`the query parameter ${name}`);
  }
  const n = Number(query.get("n") ?? defaultPage);
  if (!Number.isInteger(n) || n < 1)
    throw new Refusal(400, "PAGINATION_NUMBER_INVALID", "invalid number of results requested");
  const after = query.get("last") ?? "";
  const rest = entries.filter((entry) => nameOf(entry) > after);
  const page = rest.slice(0, n);
  const last = page.at(-1);
  const headers: Record<string, string> = {};
  if (last !== undefined && rest.length > n) {
    const next = new URLSearchParams({ last: nameOf(last), n: String(n), orderby: "" });
    headers.link = `<${path}?${next}>; rel="next"`;
  }
  return { page, headers };
}

function answerOf(
  body: object | undefined,
  status: 200 | 202 = 200,
  headers: Record<string, string> = {},
): MetadataAnswer {
  return { status, body, headers };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new Refusal(400, "BAD_REQUEST", `the path ${path} is not encoded as paths are`);
  }
}

function disallowed(): Refusal {
  const message =
    "The operation is disallowed on this registry, repository or image. View troubleshooting steps at " +
    "https://aka.ms/acr/faq/#why-does-my-pull-or-push-request-fail-with-disallowed-operation";
  return new Refusal(405, "REGISTRY_DISALLOWED_OPERATION", message, { detail: {} });
}

function unknownOperation(method: string, path: string): Refusal {
  return new Refusal(404, "NOT_FOUND", `the local cloud's registry has no ${method} ${path}`);
}

function notEmulated(what: string): Refusal {
  return new Refusal(501, "UNSUPPORTED", `the local cloud's registry does not emulate ${what}`);
}
