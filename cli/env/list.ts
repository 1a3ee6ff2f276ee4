import type { Context } from "./context";
import { repositoryBranches } from "./repository-branches";
import type { KnownEnvironment } from "./stacks";
import { readState } from "./state";

/**
 * How far an environment is: nothing is in it, its last update failed or was interrupted, or it is as it should be.
 */
export type EnvironmentState = "empty" | "incomplete" | "up";

/** A branch environment, as `list` shows it. */
export interface ListedEnvironment extends KnownEnvironment {
  /** Reference of its image, by digest. None before its first update succeeds. */
  image: string | undefined;
  state: EnvironmentState;
  branchExists: boolean;
}

/** All environments of the base's branches, and how each stands. */
export async function list(context: Context): Promise<ListedEnvironment[]> {
  const { stacks, env } = context;
  const environments = await stacks.list();
  if (environments.length === 0) return [];
  const branches = await repositoryBranches(stacks.base, env);
  const listed: ListedEnvironment[] = [];
  for (const environment of environments) {
    const stack = await stacks.open(environment);
    const [{ isEmpty, pending }, outputs, [last]] = await Promise.all([
      readState(stack),
      stack.outputs(),
      stack.history(1, 1),
    ]);
    const isComplete = pending.length === 0 && last?.result === "succeeded" && outputs.image !== undefined;
    listed.push({
      ...environment,
      image: outputs.image?.value.reference,
      state: isEmpty ? "empty" : isComplete ? "up" : "incomplete",
      branchExists: branches.has(environment.branch),
    });
  }
  return listed;
}
