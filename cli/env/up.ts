import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { environmentNameRule } from "../../components/names";
import { UserError } from "../../toolchain/errors";
import { stackOutputs } from "../far-side";
import { stackOf } from "./base-stack";
import { type Context, operationOptions } from "./context";
import { environmentName } from "./environment-name";
import { operate } from "./interrupted";
import type { BranchEnvironment } from "./project-folder";
import { repositoryBranches } from "./repository-branches";

export interface BranchOptions {
  /** The Git branch. Default: the one that is checked out. */
  branch?: string;
  /** Name of the environment. Default: made from the branch's. */
  name?: string;
}

/** A branch environment that is up. */
export interface UpSummary extends BranchEnvironment {
  image: string;
  pipelines: { name: string; url: string }[];
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
  const { environment, isNew } = await requestedEnvironment(context, options);
  if (!(await repositoryBranches(stacks.base, context.env)).has(environment.branch)) {
    throw new UserError(
      `the repository ${stacks.base.repository.name} has no branch ${environment.branch}, and the environment's pipelines run from there. ` +
        "Push it first.",
    );
  }
  say(
    `${isNew ? "Creating" : "Updating"} the environment ${environment.name} of branch ${environment.branch} (stack ${environment.stack}).`,
  );
  const stack = isNew ? await stacks.create(environment) : await stacks.open(environment);
  const { summary, outputs } = await operate(context, stack, () => stack.up(operationOptions(context)));
  const values = stackOutputs.parse(
    Object.fromEntries(Object.entries(outputs).map(([name, output]) => [name, output.value])),
  );
  return {
    ...environment,
    image: values.image.reference,
    pipelines: [values.imageBuildPipeline, values.modelPipeline].map(({ name, url }) => ({ name, url })),
    changes: { ...summary.resourceChanges },
  };
}

/**
 * The environment that a command is about: the branch's own if it has one, otherwise the one that it would get.
 *
 * @throws UserError if the branch can have none, or not by this name
 */
export async function requestedEnvironment(
  context: Context,
  { branch: named, name }: BranchOptions,
): Promise<{ environment: BranchEnvironment; isNew: boolean }> {
  const { stacks } = context;
  const { base } = stacks;
  const branch = await branchOf(context, named);
  if (branch === base.repository.defaultBranch) {
    throw new UserError(
      `${branch} is the default branch: its environment is the base (\`pulumi up --stack ${base.name}\`). ` +
        "Check out another branch, or name it with --branch.",
    );
  }
  if (name !== undefined && !environmentNameRule.pattern.test(name)) {
    throw new UserError(`--name ${JSON.stringify(name)} must be ${environmentNameRule.text}`);
  }
  const known = await stacks.find(branch);
  if (known === undefined) {
    const chosen = name ?? environmentName(branch);
    return { environment: { name: chosen, branch, stack: stackOf(base, chosen) }, isNew: true };
  }
  if (name !== undefined && name !== known.name) {
    throw new UserError(
      `the environment of branch ${branch} is called ${known.name} already. To call it ${name}, destroy it first: ` +
        `npm run env -- destroy --branch ${branch}`,
    );
  }
  return { environment: { name: known.name, branch, stack: known.stack }, isNew: false };
}

/**
 * The branch that is asked for, that of the pull request in a pipeline's run, or the one that is checked out. What is
 * deployed is what is checked out, so it has to be that.
 *
 * @throws UserError if another one is checked out
 */
export async function branchOf({ stacks, env }: Context, named: string | undefined): Promise<string> {
  const checkedOut = await currentBranch(stacks.root);
  const wanted = named ?? env.SYSTEM_PULLREQUEST_SOURCEBRANCH?.replace(/^refs\/heads\//, "") ?? checkedOut;
  if (wanted === undefined) throw new UserError("no branch is checked out: say which it is with --branch");
  if (checkedOut === undefined || wanted === checkedOut) return wanted;
  throw new UserError(
    `the branch ${checkedOut} is checked out, and what is deployed is what is checked out. ` +
      `Check ${wanted} out first (git switch), or in a folder of its own (git worktree add).`,
  );
}

/** Undefined without a repository, or where a commit is checked out, as pipelines do. */
async function currentBranch(root: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)("git", ["-C", root, "symbolic-ref", "--quiet", "--short", "HEAD"]);
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}
