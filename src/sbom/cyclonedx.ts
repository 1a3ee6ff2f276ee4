import { ComponentType, ExternalReferenceType, HashAlgorithm } from "@cyclonedx/cyclonedx-library/Enums";
import {
  Bom,
  Component,
  ExternalReference,
  ExternalReferenceRepository,
  HashDictionary,
} from "@cyclonedx/cyclonedx-library/Models";
import { JSON as Json, JsonSerializer } from "@cyclonedx/cyclonedx-library/Serialize";
import { Spec1dot6 } from "@cyclonedx/cyclonedx-library/Spec";
import type { Lock, LockedPackage } from "../conda/lock-file";
import type { LockedRequirement } from "../conda/pip-lock";

/** The media type of what `cyclonedx` makes: https://cyclonedx.org/specification/overview/ */
export const cyclonedxType = "application/vnd.cyclonedx+json";

/**
 * What a lock file installs in an image, as a CycloneDX document. It has no time and no serial number in it: the same
 * lock and the same image make the same document.
 *
 * @param image its repository and digest
 */
export function cyclonedx({ packages, pip }: Lock, image: { repository: string; digest: string }): string {
  const bom = new Bom();
  bom.metadata.component = new Component(ComponentType.Container, image.repository, {
    bomRef: "image",
    version: image.digest,
  });
  for (const one of packages) bom.components.add(condaComponent(one));
  for (const one of pip) bom.components.add(pipComponent(one));
  return new JsonSerializer(new Json.Normalize.Factory(Spec1dot6)).serialize(bom, { sortLists: true });
}

/** Its purl by https://github.com/package-url/purl-spec/blob/main/types-doc/conda-definition.md */
function condaComponent({ name, version, build, subdir, url, hash }: LockedPackage): Component {
  const [, channel = "", archive = ""] = /([^/]+)\/[^/]+\/[^/]+?\.(conda|tar\.bz2)$/.exec(url) ?? [];
  const qualifiers = Object.entries({ build, channel, subdir, type: archive }).map(
    ([key, value]) => `${key}=${encodeURIComponent(value)}`,
  );
  const purl = `pkg:conda/${encodeURIComponent(name)}@${encodeURIComponent(version)}?${qualifiers.join("&")}`;
  const [, sha256] = /^sha256:(.*)$/.exec(hash ?? "") ?? [];
  const hashes = sha256 ? [[HashAlgorithm["SHA-256"], sha256] as const] : [];
  return new Component(ComponentType.Library, name, {
    ...{ bomRef: purl, purl, version },
    hashes: new HashDictionary(hashes),
    externalReferences: new ExternalReferenceRepository([
      new ExternalReference(url, ExternalReferenceType.Distribution),
    ]),
  });
}

/** Without hashes: which of a version's archives pip takes, the lock leaves to it. */
function pipComponent({ name, version, url }: LockedRequirement): Component {
  const qualifiers = url === undefined ? "" : `?download_url=${encodeURIComponent(url)}`;
  const purl = `pkg:pypi/${encodeURIComponent(name)}${version ? `@${encodeURIComponent(version)}` : ""}${qualifiers}`;
  return new Component(ComponentType.Library, name, { bomRef: purl, purl, version });
}
