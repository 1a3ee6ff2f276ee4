import { createHash } from "node:crypto";
import * as z from "zod";
import { digestOf } from "./digest";
import { ImageError } from "./error";
import type { Answer, SendOptions } from "./http";
import { listPages } from "./pages";
import { type Access, notSignedIn, refusalOf } from "./registry-login";
import { Session } from "./session";

/** What a manifest says of a blob or of another manifest. */
export interface Descriptor {
  mediaType: string;
  /** `sha256:…` */
  digest: string;
  /** Bytes. */
  size: number;
}

/** Manifests that are understood, lists of platforms first. Docker's and OCI's have the same form. */
export const manifestTypes = {
  index: ["application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json"],
  image: ["application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json"],
};

/**
 * A repository of a container registry, read by the registries' own protocol, without Docker
 * (https://github.com/opencontainers/distribution-spec/blob/main/spec.md). It signs in when the registry asks for it.
 */
export class Repository {
  private readonly session: Session;

  constructor(private readonly access: Access) {
    this.session = new Session(access);
  }

  /** The name of an image in it, for messages. */
  imageAt(version: string): string {
    return `${this.access.registry}/${this.access.repository}${version.includes(":") ? "@" : ":"}${version}`;
  }

  /**
   * A manifest, with the media type that the registry gives it and its digest.
   *
   * @param version tag or digest
   * @throws ImageError if there is none, it may not be read, or it is not what the digest promises
   */
  async manifest(version: string): Promise<{ mediaType: string; text: string; digest: string }> {
    const answer = await this.get(`/manifests/${version}`, { headers: { accept: acceptedManifests } });
    if (answer.status === 404) {
      throw new ImageError(
        `the registry ${this.access.registry} has no image ${this.imageAt(version)} ` +
          `(${await refusalOf(answer)}). Check the repository and the tag, and that the image was pushed.`,
      );
    }
    await this.expectOk(answer);
    const text = await answer.text();
    const promised = version.includes(":") ? version : answer.headers.get("docker-content-digest");
    const digest = digestOf(text);
    if (promised !== null && promised !== digest) throw altered(answer.url, promised, digest);
    return { mediaType: (answer.headers.get("content-type") ?? "").split(";", 1)[0]?.trim() ?? "", text, digest };
  }

  /**
   * A blob as it comes. Whether it is whole and unaltered is known at its end only: whoever reads it must read it all.
   *
   * @throws ImageError if it may not be read, or is not what the descriptor promises
   */
  async *blob({ digest, size }: Descriptor): AsyncGenerator<Uint8Array, void> {
    const answer = await this.get(`/blobs/${digest}`);
    await this.expectOk(answer);
    const hash = createHash("sha256");
    let received = 0;
    for await (const chunk of answer.chunks()) {
      hash.update(chunk);
      received += chunk.length;
      if (received > size) break;
      yield chunk;
    }
    if (received !== size) {
      const came = received > size ? `more than its ${size} bytes` : `${received} of its ${size} bytes`;
      throw new ImageError(
        `${answer.url} is not what was pushed: ${came} came. Try again; if it stays so, push again.`,
      );
    }
    const actual = `sha256:${hash.digest("hex")}`;
    if (actual !== digest) throw altered(answer.url, digest, actual);
  }

  /** All of the repository's tags; none if it does not exist. */
  async tags(): Promise<string[]> {
    const tags: string[] = [];
    for await (const page of listPages(this.path("/tags/list"), (path) => this.session.send(path))) {
      if (page.status === 404) {
        await page.discard();
        return [];
      }
      await this.expectOk(page);
      const form = z.object({ tags: z.array(z.string()).nullable() });
      tags.push(...(form.parse(JSON.parse(await page.text())).tags ?? []));
    }
    return tags;
  }

  /** The digest that a tag leads to, or undefined if there is no such tag. */
  async digestOf(tag: string): Promise<string | undefined> {
    const answer = await this.get(`/manifests/${tag}`, { method: "HEAD", headers: { accept: acceptedManifests } });
    if (answer.status === 404) return undefined;
    await this.expectOk(answer);
    return answer.headers.get("docker-content-digest") ?? undefined;
  }

  private get(path: string, options: SendOptions = {}): Promise<Answer> {
    return this.session.send(this.path(path), options);
  }

  private path(inside: string): string {
    return `/v2/${this.access.repository}${inside}`;
  }

  private async expectOk(answer: Answer): Promise<void> {
    if (answer.status === 200) return;
    const refusal = await refusalOf(answer);
    if (answer.status === 401) throw notSignedIn(this.access, refusal);
    if (answer.status === 403) {
      throw new ImageError(
        `the registry ${this.access.registry} forbids reading ${this.access.repository} (${refusal}). The identity needs a role that ` +
          "may pull, and the registry's network rules must let this machine in.",
      );
    }
    throw new ImageError(
      `the registry ${this.access.registry} answered ${refusal} to ${answer.url}. ` +
        (answer.status === 404 ? "A part of the image is missing: push it again." : "Try again later."),
    );
  }
}

const acceptedManifests = [...manifestTypes.index, ...manifestTypes.image].join(", ");

function altered(url: string, promised: string, actual: string): ImageError {
  return new ImageError(
    `${url} is not what was pushed: its digest is ${actual} instead of ${promised}. Try again; if it stays so, push again.`,
  );
}
