import * as pulumi from "@pulumi/pulumi";
import { messageOf } from "../common/errors";
import { parseReference } from "../image/reference";
import type { RegistryLogin } from "../image/registry-login";
import type { attachSboms } from "../sbom/attach";
import { resourceHook } from "./hooks";
import { known } from "./known";

/** The part of an image that its SBOMs need. */
export interface DescribedImage {
  /** `<login server>/<repository>` */
  name: pulumi.Output<string>;
  /** Paths of the lock files that it is built from. */
  lockFiles: string[];
  login: pulumi.Output<RegistryLogin>;
}

/**
 * A hook that pushes an image's SBOMs beside it when it has been pushed. What goes wrong is a warning: the image is there,
 * and the next update that builds it tries again.
 *
 * @param hook names the hook, uniquely in the program
 */
export function sbomHook(hook: string, image: DescribedImage): pulumi.ResourceHook {
  return resourceHook(hook, ({ newOutputs }) => describeImage(newOutputs?.digest, image));
}

/** Says which platforms there is an SBOM for, or why there is none. */
export async function describeImage(
  digest: unknown,
  { name, lockFiles, login }: DescribedImage,
  push = attachLater,
): Promise<void> {
  try {
    if (typeof digest !== "string") throw new Error("docker-build says no digest");
    const [at, signedIn] = await known(pulumi.all([name, login]));
    const { registry, repository } = parseReference(at);
    const platforms = await push({ access: { registry, repository, login: signedIn }, digest, lockFiles });
    pulumi.log.info(
      platforms.length > 0
        ? `pushed an SBOM for ${platforms.join(", ")} beside the image`
        : "no SBOM of the image: it is made of a lock file, and the build takes none",
    );
  } catch (error) {
    pulumi.log.warn(`no SBOM of the image was pushed: ${messageOf(error)}`);
  }
}

/** Loaded when it is needed, which in a preview it never is. */
const attachLater: typeof attachSboms = (options) => {
  const sbom: typeof import("../sbom/attach") = require("../sbom/attach");
  return sbom.attachSboms(options);
};
