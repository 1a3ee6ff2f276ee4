import { leftOutputs } from "../../common/outputs-schema";
import { someAtOnce } from "./at-once";
import type { Context } from "./context";
import { pipelinesOf, type ShownPipeline } from "./pipelines";
import { repositoryBranches } from "./repository-branches";
import type { KnownEnvironment } from "./stacks";
import { contentOf } from "./state";

/**
 * How far an environment is: nothing is in it, its last update failed or was interrupted, or it is as it should be.
 */
export type EnvironmentState = "empty" | "incomplete" | "up";

/** A branch environment, as `list` shows it. */
export interface ListedEnvironment extends KnownEnvironment {
  /** Reference of its image, by digest. None before its first update succeeds. */
  image: string | undefined;
  /** Of the image and of the models, all of them. None before its first update succeeds. */
  pipelines: ShownPipeline[];
  state: EnvironmentState;
  branchExists: boolean;
}

/** All environments of the base's branches, and how each stands. */
export async function list(context: Context): Promise<ListedEnvironment[]> {
  const { stacks, env } = context;
  const environments = await stacks.list();
  if (environments.length === 0) return [];
  const [reader, branches] = await Promise.all([stacks.reader(), repositoryBranches(stacks.base, env)]);
  return someAtOnce(environments, async (environment) => {
    const { stack } = environment;
    const [exported, result] = await Promise.all([reader.state(stack), reader.lastResult(stack)]);
    const state = contentOf(exported);
    const outputs = leftOutputs.parse(state.outputs);
    const image = outputs.image?.reference;
    const isComplete = state.pending.length === 0 && result === "succeeded" && image !== undefined;
    return {
      ...environment,
      image,
      pipelines: pipelinesOf(outputs),
      state: state.isEmpty ? "empty" : isComplete ? "up" : "incomplete",
      branchExists: branches.has(environment.branch),
    };
  });
}
