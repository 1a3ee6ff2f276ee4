import * as docker from "@pulumi/docker";
import { type LookupContext, nameOf } from "./context";
import { lookUp } from "./look-up";

/**
 * An image's name with the digest that it has now, so that a build is from exactly that image and a preview shows when
 * it moved.
 *
 * @param name image with its tag, for example `mambaorg/micromamba:2.6.1-debian12-slim`
 * @returns `<name>@sha256:…`
 * @throws UserError if there is no such image, or its registry cannot be reached
 */
export async function pinImage(name: string, context: LookupContext = {}): Promise<string> {
  // Reading a registry needs no Docker daemon, which this provider otherwise asks for when it starts.
  const { named = String, providers } = context;
  const provider =
    providers?.docker ?? new docker.Provider(named("registry-reader"), { disableDockerDaemonCheck: true });
  const { sha256Digest } = await lookUp(
    `the base image "${name}"`,
    nameOf(context, "baseImage"),
    docker.getRegistryImage({ name }, { provider }),
  );
  return `${name}@${sha256Digest}`;
}
