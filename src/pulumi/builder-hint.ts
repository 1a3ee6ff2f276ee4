import * as pulumi from "@pulumi/pulumi";
import { errorHook } from "./hooks";

/**
 * What to do about a builder that did not start in time: where no builder of Docker's fits, the docker-build provider
 * makes one, waits 30 seconds for it, and ends with this message (getBuilder in provider/internal/host.go of
 * https://github.com/pulumi/pulumi-docker-build, 0.0.22). Undefined for any other error.
 */
export function builderHint(error: string): string | undefined {
  if (!/booting builder: .*\b(?:deadline exceeded|context canceled)\b/s.test(error)) return undefined;
  return (
    "the builder that docker-build makes did not start within its 30 seconds, which it needs to pull BuildKit. Make one " +
    "that is ready, and run the command again: docker buildx create --use --bootstrap"
  );
}

/**
 * A hook for the image's resource, which says what to do about its error if that is known. It tries nothing again.
 *
 * @param name names the hook, uniquely in the program
 */
export function builderHintHook(name: string): pulumi.ErrorHook {
  return errorHook(name, ({ errors: [error = ""] }) => {
    const hint = builderHint(error);
    if (hint !== undefined) pulumi.log.error(hint);
    return false;
  });
}
