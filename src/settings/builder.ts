import { existsSync, readdirSync, readFileSync } from "node:fs";
import { connect, type NetConnectOpts } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import * as z from "zod";

/** The environment variables that say where buildx and Docker are. */
export type BuilderVariables = Partial<Record<"BUILDX_CONFIG" | "DOCKER_CONFIG" | "DOCKER_HOST", string>>;

/** Where a Docker daemon listens unless `DOCKER_HOST` says otherwise. */
const dockerSockets = ["/var/run/docker.sock", join(homedir(), ".docker/run/docker.sock"), "//./pipe/docker_engine"];

/** How long a remote builder may take to answer, in milliseconds. */
const timeout = 10_000;

/** What buildx keeps of a builder: https://github.com/docker/buildx/blob/master/store/nodegroup.go */
const builderFile = z.object({ Driver: z.string(), Nodes: z.array(z.object({ Endpoint: z.string() })) });

/**
 * Why the image could not be built here, or undefined if a builder is there. Found out before anything is created,
 * because the build comes late: the registry that it pushes to has to exist.
 *
 * Builders are found as buildx finds them: https://docs.docker.com/build/builders/
 *
 * @param name the builder that was asked for; undefined for whichever is in use
 */
export async function builderProblem(name: string | undefined, env: BuilderVariables): Promise<string | undefined> {
  const folder = join(
    env.BUILDX_CONFIG ?? join(env.DOCKER_CONFIG ?? join(homedir(), ".docker"), "buildx"),
    "instances",
  );
  const builders = existsSync(folder) ? readdirSync(folder).sort() : [];
  if (name === undefined) {
    if (builders.length > 0 || env.DOCKER_HOST || dockerSockets.some((socket) => existsSync(socket))) {
      return undefined;
    }
    return (
      `is not set, and there is neither a buildx builder in ${folder} nor a Docker daemon: start Docker, ` +
      "or make a builder (docker buildx create --driver remote tcp://…) and set its name"
    );
  }
  if (!builders.includes(name)) {
    const known = builders.length > 0 ? `there are ${builders.join(", ")}` : "there is none";
    return (
      `"${name}" is not a buildx builder (${known} in ${folder}): set one of \`docker buildx ls\`, ` +
      `or make it: docker buildx create --name ${name} --driver docker-container --bootstrap`
    );
  }
  return remoteProblem(name, join(folder, name));
}

/** Why a remote builder cannot be used. Builders of the other drivers are started by the build itself. */
async function remoteProblem(name: string, file: string): Promise<string | undefined> {
  const { Driver, Nodes } = builderFile.parse(JSON.parse(readFileSync(file, "utf8")));
  if (Driver !== "remote") return undefined;
  const problems = await Promise.all(Nodes.map(({ Endpoint }) => connectionProblem(Endpoint)));
  if (problems.includes(undefined)) return undefined;
  const endpoints = Nodes.map(({ Endpoint }, index) => `${Endpoint} (${problems[index]})`).join(", ");
  return `"${name}" does not answer at ${endpoints}: start its BuildKit daemon, or set another of \`docker buildx ls\``;
}

/** Why nothing listens at an endpoint (`tcp://host:port`, `unix:///path`), or undefined if something does. */
function connectionProblem(endpoint: string): Promise<string | undefined> {
  const { protocol, hostname, port, pathname } = new URL(endpoint);
  if (protocol !== "tcp:" && protocol !== "unix:") return Promise.resolve(undefined);
  const target: NetConnectOpts =
    protocol === "unix:" ? { path: pathname, timeout } : { host: hostname, port: Number(port), timeout };
  return new Promise((resolve) => {
    const socket = connect(target);
    const end = (problem?: string) => {
      socket.destroy();
      resolve(problem);
    };
    socket.on("connect", () => end());
    socket.on("timeout", () => end(`no answer in ${timeout / 1000} s`));
    socket.on("error", (error) => end(error.message));
  });
}
