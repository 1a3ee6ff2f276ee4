import { UserError } from "../../common/errors";
import { stackOutputs } from "../../common/outputs-schema";
import { type Context, updateOptions } from "./context";
import { operate } from "./interrupted";
import { pipelinesOf, type ShownPipeline } from "./pipelines";
import type { BranchEnvironment } from "./project-folder";
import { repositoryBranches } from "./repository-branches";
import { repositoryId } from "./repository-id";
import { type BranchOptions, requestedEnvironment } from "./requested-environment";
import { repositoryTag } from "./stacks";

/** A branch environment that is up. */
export interface UpSummary extends BranchEnvironment {
  image: string;
  pipelines: ShownPipeline[];
  /** How many resources were created, updated, left as they were … */
  changes: Record<string, number>;
}

/**
 * Creates or updates the environment of a branch, from what is checked out.
 *
 * @throws UserError if it cannot be, with the reason and what to do
 */
export async function up(context: Context, options: BranchOptions): Promise<UpSummary> {
  const { stacks, say } = context;
  // Found meanwhile. Whoever needs it then meets what is wrong with it.
  stacks.withCli().catch(() => {});
  const { environment, isNew, repository } = await requestedEnvironment(context, options);
  if (!(await repositoryBranches(stacks.base, context.env)).has(environment.branch)) {
    throw new UserError(
      `the repository ${stacks.base.repository.name} has no branch ${environment.branch}, and the environment's pipelines run from there. ` +
        "Push it first (in the local cloud: npx local-cloud push).",
    );
  }
  say(
    `${isNew ? "Creating" : "Updating"} the environment ${environment.name} of branch ${environment.branch} (stack ${environment.stack}).`,
  );
  const id = await repositoryId(stacks.base, context.env);
  const stack = isNew ? await stacks.create(environment, id) : await stacks.open(environment);
  if (!isNew && repository !== id) await stack.setTag(repositoryTag, id);
  const { summary, outputs } = await operate(
    context,
    stack,
    () => stack.up(updateOptions(context, options.policyPack)),
    { isNew },
  );
  const values = stackOutputs.parse(
    Object.fromEntries(Object.entries(outputs).map(([name, output]) => [name, output.value])),
  );
  return {
    ...environment,
    image: values.image.reference,
    pipelines: pipelinesOf(values),
    changes: { ...summary.resourceChanges },
  };
}
