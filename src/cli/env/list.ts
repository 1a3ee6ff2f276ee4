import { z } from "zod";
import { stackOutputs } from "../../common/outputs-schema";
import { someAtOnce } from "./at-once";
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

/** What is shown of a stack's outputs. It has none before its first update succeeds. */
const shownOutputs = z.object({ image: stackOutputs.shape.image.pick({ reference: true }).optional() });

/** All environments of the base's branches, and how each stands. */
export async function list(context: Context): Promise<ListedEnvironment[]> {
  const { stacks, env } = context;
  const environments = await stacks.list();
  if (environments.length === 0) return [];
  const branches = await repositoryBranches(stacks.base, env);
  return someAtOnce(environments, async (environment) => {
    const stack = await stacks.open(environment);
    const [state, [last]] = await Promise.all([readState(stack), stack.history(1, 1)]);
    const image = shownOutputs.parse(state.outputs).image?.reference;
    const isComplete = state.pending.length === 0 && last?.result === "succeeded" && image !== undefined;
    return {
      ...environment,
      image,
      state: state.isEmpty ? "empty" : isComplete ? "up" : "incomplete",
      branchExists: branches.has(environment.branch),
    };
  });
}
