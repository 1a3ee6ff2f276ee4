import type { Container } from "./container";
import { isOpen, isOpenText, variable } from "./image";
import type { Step } from "./job";
import type { Pipeline } from "./read-pipeline";

/**
 * Whether a pipeline has a job that runs in the job container. `no` says why not, and `unknown` what decides it: only
 * the compilation of the pipeline does.
 */
export type ContainerUse =
  | {
      kind: "yes";
      /** Steps of its jobs that do not do in the container what they are there for. */
      defeated: Step[];
    }
  | { kind: "no"; reason: "container" | "connection" | "job"; why: string }
  | { kind: "unknown"; why: string };

/**
 * Looks for a job that runs in the job container: in a container with its image, which is pulled through a connection.
 *
 * @param connection name of the service connection
 */
export function containerUse(pipeline: Pipeline, connection: string): ContainerUse {
  const { path, containers, unread } = pipeline;
  const open = [...containers.filter(isOpen).map(({ place, image }) => `${place}: ${image}`), ...unread.map(said)][0];

  const ours = containers.filter(({ image }) => image === variable);
  const [first] = ours;
  if (first === undefined) {
    if (open !== undefined) return { kind: "unknown", why: open };
    return { kind: "no", reason: "container", why: `${path} has no container with the image ${variable}` };
  }
  const pulled = ours.filter(({ endpoint = "" }) => endpoint === connection || isOpenText(endpoint));
  const [named] = pulled;
  if (named === undefined) {
    const through = first.endpoint === undefined ? "without a service connection" : `through ${first.endpoint}`;
    const why = `${first.place} pulls ${variable} ${through}, and the stack's service connection is ${connection}`;
    return { kind: "no", reason: "connection", why };
  }
  if (pulled.some((container) => isUsed(container, pipeline))) {
    const inside = pipeline.jobs.filter((job) => job.containers.some(({ image }) => image === variable));
    return { kind: "yes", defeated: inside.flatMap((job) => job.defeated) };
  }
  if (open !== undefined) return { kind: "unknown", why: open };
  return { kind: "no", reason: "job", why: `no job of ${path} runs in the container ${named.alias} (${named.place})` };
}

function isUsed({ alias }: Container, { users }: Pipeline): boolean {
  return alias === undefined || users.has(alias.toLowerCase());
}

function said({ place, text }: { place: string; text: string }): string {
  return `${place}: ${text}`;
}
