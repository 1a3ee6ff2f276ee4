import { UserError } from "../../common/errors";
import { currentBranch } from "../../common/git";
import { environmentNameRule } from "../../rules/names";
import { stackOf } from "./base-stack";
import type { Context } from "./context";
import { environmentName } from "./environment-name";
import type { BranchEnvironment } from "./project-folder";

export interface BranchOptions {
  /** The Git branch. Default: the one that is checked out. */
  branch?: string;
  /** Name of the environment. Default: made from the branch's. */
  name?: string;
  /** Folders of policy packs that the update is checked against. Default: none. */
  policyPack?: string[];
}

/**
 * The environment that a command is about: the branch's own if it has one, otherwise the one that it would get.
 *
 * @returns with the id of the repository that one is for that there is, if it says so
 * @throws UserError if the branch can have none, or not by this name
 */
export async function requestedEnvironment(
  context: Context,
  { branch: named, name }: BranchOptions,
): Promise<{ environment: BranchEnvironment; isNew: boolean; repository?: string | undefined }> {
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
        `npx job-container env destroy --branch ${branch}`,
    );
  }
  const { stack, repository } = known;
  return { environment: { name: known.name, branch, stack }, isNew: false, repository };
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
