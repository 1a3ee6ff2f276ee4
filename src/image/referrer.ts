import * as z from "zod";
import { digestOf } from "./digest";
import { ImageError } from "./error";
import { type Access, refusalOf } from "./registry-login";
import { type Descriptor, manifestTypes } from "./repository";
import { Session } from "./session";

/** Something about an image that is kept beside it. */
export interface Artifact {
  /** A media type, for example `application/vnd.cyclonedx+json`. */
  type: string;
  content: string;
  annotations: Record<string, string>;
}

const [indexType = "", imageType = ""] = [manifestTypes.index[0], manifestTypes.image[0]];

/** The configuration of what is no image: https://github.com/opencontainers/image-spec/blob/main/manifest.md */
const empty = { mediaType: "application/vnd.oci.empty.v1+json", content: "{}" };

const indexForm = z.looseObject({ manifests: z.array(z.looseObject({ digest: z.string() })) });

/**
 * Pushes an artifact that refers to an image, and that the registry lists as its referrer. The same artifact of the same
 * image is one, however often it is pushed. A registry without the referrers API gets the list under the tag that clients
 * look for then: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests-with-subject
 *
 * @param subject digest of the image, or of its list of platforms
 * @returns the artifact's digest
 * @throws ImageError if the image is not there, or the registry refuses
 */
export async function attach(access: Access, subject: string, artifact: Artifact): Promise<string> {
  return new Attachment(access).attach(subject, artifact);
}

class Attachment {
  private readonly session: Session;

  constructor(private readonly access: Access) {
    this.session = new Session(access);
  }

  async attach(subject: string, { type, content, annotations }: Artifact): Promise<string> {
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: imageType,
      artifactType: type,
      config: await this.blob(empty.mediaType, empty.content),
      layers: [await this.blob(type, content)],
      subject: await this.describe(subject),
      annotations,
    });
    const descriptor = describe(imageType, manifest);
    await this.putManifest(descriptor.digest, descriptor.mediaType, manifest);
    await this.list(subject, { ...descriptor, artifactType: type, annotations });
    return descriptor.digest;
  }

  private async describe(digest: string): Promise<Descriptor> {
    const answer = await this.session.send(this.path(`/manifests/${digest}`), {
      headers: { accept: [...manifestTypes.index, ...manifestTypes.image].join(", ") },
    });
    if (answer.status !== 200) throw await this.refusal(answer, `read ${digest}`);
    const mediaType = (answer.headers.get("content-type") ?? "").split(";", 1)[0]?.trim() ?? "";
    return { mediaType, digest, size: Buffer.byteLength(await answer.text()) };
  }

  /** In two requests ("Pushing a blob monolithically"), if it is not there yet. */
  private async blob(mediaType: string, content: string): Promise<Descriptor> {
    const descriptor = describe(mediaType, content);
    const head = await this.session.send(this.path(`/blobs/${descriptor.digest}`), { method: "HEAD" });
    await head.discard();
    if (head.status === 200) return descriptor;
    const begun = await this.session.send(this.path("/blobs/uploads/"), { method: "POST" });
    if (begun.status !== 202) throw await this.refusal(begun, "push");
    await begun.discard();
    // Only the path counts: the token is for this registry, and for no other host.
    const location = new URL(begun.headers.get("location") ?? "", begun.url);
    location.searchParams.set("digest", descriptor.digest);
    const put = await this.session.send(location.pathname + location.search, {
      method: "PUT",
      headers: { "content-type": "application/octet-stream" },
      body: content,
    });
    if (put.status !== 201) throw await this.refusal(put, "push");
    await put.discard();
    return descriptor;
  }

  private async list(
    subject: string,
    entry: Descriptor & { artifactType: string; annotations: Artifact["annotations"] },
  ): Promise<void> {
    const referrers = await this.session.send(this.path(`/referrers/${subject}`));
    if (referrers.status !== 404) {
      if (referrers.status !== 200) throw await this.refusal(referrers, "list the referrers of");
      await referrers.discard();
      return;
    }
    await referrers.discard();
    const tag = subject.replace(":", "-");
    const before = await this.session.send(this.path(`/manifests/${tag}`), { headers: { accept: indexType } });
    if (before.status !== 200 && before.status !== 404) throw await this.refusal(before, `read ${tag}`);
    const index = before.status === 200 ? indexForm.parse(JSON.parse(await before.text())) : { manifests: [] };
    if (before.status === 404) await before.discard();
    if (index.manifests.some(({ digest }) => digest === entry.digest)) return;
    const next = { schemaVersion: 2, mediaType: indexType, ...index, manifests: [...index.manifests, entry] };
    await this.putManifest(tag, indexType, JSON.stringify(next));
  }

  private async putManifest(reference: string, mediaType: string, text: string): Promise<void> {
    const headers = { "content-type": mediaType };
    const answer = await this.session.send(this.path(`/manifests/${reference}`), {
      method: "PUT",
      headers,
      body: text,
    });
    if (answer.status !== 201) throw await this.refusal(answer, "push");
    await answer.discard();
  }

  private path(inside: string): string {
    return `/v2/${this.access.repository}${inside}`;
  }

  private async refusal(answer: Parameters<typeof refusalOf>[0], what: string): Promise<ImageError> {
    const { registry, repository } = this.access;
    return new ImageError(
      `the registry ${registry} does not let this login ${what} ${repository} (${await refusalOf(answer)}). The identity needs a ` +
        "role that may push: AcrPush, or Container Registry Repository Writer.",
    );
  }
}

function describe(mediaType: string, content: string): Descriptor {
  return { mediaType, digest: digestOf(content), size: Buffer.byteLength(content) };
}
