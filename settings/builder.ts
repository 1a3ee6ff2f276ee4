import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The environment variables that say where buildx and Docker are. */
export type BuildEnvironment = Partial<Record<"BUILDX_CONFIG" | "DOCKER_CONFIG" | "DOCKER_HOST", string>>;

/** Where a Docker daemon listens unless `DOCKER_HOST` says otherwise. */
const dockerSockets = ["/var/run/docker.sock", join(homedir(), ".docker/run/docker.sock"), "//./pipe/docker_engine"];

/**
 * Why the image could not be built here, or undefined if a builder is there. Found out before anything is created,
 * because the build comes late: the registry that it pushes to has to exist.
 *
 * Builders are found as buildx finds them: https://docs.docker.com/build/builders/
 *
 * @param name the builder that was asked for; undefined for whichever is in use
 */
export function builderProblem(name: string | undefined, environment: BuildEnvironment): string | undefined {
  const folder = join(
    environment.BUILDX_CONFIG ?? join(environment.DOCKER_CONFIG ?? join(homedir(), ".docker"), "buildx"),
    "instances",
  );
  const builders = existsSync(folder) ? readdirSync(folder).sort() : [];
  if (name !== undefined) {
    if (builders.includes(name)) return undefined;
    const known = builders.length > 0 ? `there are ${builders.join(", ")}` : "there is none";
    return (
      `"${name}" is not a buildx builder (${known} in ${folder}): set one of \`docker buildx ls\`, ` +
      `or make it: docker buildx create --name ${name} --driver docker-container`
    );
  }
  if (builders.length > 0 || environment.DOCKER_HOST || dockerSockets.some((socket) => existsSync(socket))) {
    return undefined;
  }
  return (
    `is not set, and there is neither a buildx builder in ${folder} nor a Docker daemon: start Docker, ` +
    "or make a builder (docker buildx create --driver remote tcp://…) and set its name"
  );
}
