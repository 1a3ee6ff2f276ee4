import { normalize } from "node:path/posix";
import { lockPath } from "../../conda/lock-file";
import { imagePlatform } from "../../conda/platform";
import { environmentPaths } from "../../conda/solved-paths";
import type { Choices } from "./choose";

/** Paths of a trigger, from the repository root: https://learn.microsoft.com/azure/devops/pipelines/repos/azure-repos-git#paths */
export interface TriggerPaths {
  include: string[];
  exclude: string[];
}

/**
 * Of whose changes the default branch's image is built again: everything in the build's context, or, where that is the
 * whole repository, what the Dockerfile takes of it. What only training and scoring use is not in the image.
 */
export function triggerPaths({ dockerfile, conda }: Omit<Choices, "modelPipelines" | "todos">): TriggerPaths {
  const include = dockerfile.buildContext === "." ? taken() : [dockerfile.buildContext];
  const isIn = (path: string) => include.some((one) => path.startsWith(`${one}/`));
  if (!isIn(dockerfile.path) && !include.includes("/")) include.unshift(dockerfile.path);
  const others = [...conda.training, ...conda.scoring]
    .filter((path) => path !== conda.ci)
    .flatMap((path) => environmentPaths(path, [imagePlatform]));
  return { include: [...new Set(include)], exclude: [...new Set(others.filter(isIn))] };

  function taken(): string[] {
    const copies = dockerfile.copies.map((path) => normalize(path).replace(/(?<=.)\/$/, ""));
    if (copies.includes(".")) return ["/"];
    return [...copies, ...(conda.ci === undefined ? [] : [conda.ci, lockPath(conda.ci, imagePlatform)])];
  }
}
