import * as pulumi from "@pulumi/pulumi";
import type { Providers } from "./context";

/**
 * Has the provider start that builds the image, once the others have answered: while the program declares things, not
 * when the engine comes to the image and all that is behind it waits. The provider has no function that could be asked
 * for, and its answer is that it knows none.
 */
export function startImageBuilder({ "docker-build": explicit }: Providers): void {
  if (explicit === undefined) pulumi.runtime.invoke("docker-build:index:start", {}).catch(() => {});
}
