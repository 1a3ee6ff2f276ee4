import { CommandError, type EngineEvent } from "@pulumi/pulumi/automation";
import { UserError } from "../../common/errors";
import { secretsIn } from "../../common/secret-variables";
import { collectChanges, collectFailure } from "./comment/changes";
import { findPullRequest } from "./comment/pull-request";
import { type Preview, renderComment } from "./comment/render";
import { bodyLimit, type WrittenComment, writeComment } from "./comment/write-comment";
import { type Context, updateOptions } from "./context";
import type { BranchEnvironment } from "./project-folder";
import { repositoryId } from "./repository-id";
import { type BranchOptions, branchOf, requestedEnvironment } from "./requested-environment";
import type { EnvironmentStack } from "./stacks";

/** What `up` would do. */
export interface PreviewSummary extends BranchEnvironment {
  /** Whether the branch has no environment yet. */
  isNew: boolean;
  /** How many resources would be created, updated, left as they are … */
  changes: Record<string, number>;
}

/**
 * Shows what `up` would do. A branch without an environment gets none by this.
 *
 * @throws UserError if it cannot be, with the reason and what to do
 */
export async function preview(context: Context, options: BranchOptions): Promise<PreviewSummary> {
  const { stacks, say } = context;
  const { environment, isNew } = await requestedEnvironment(context, options);
  say(
    `${isNew ? "Would create" : "Would update"} the environment ${environment.name} of branch ${environment.branch}.`,
  );
  const stack = isNew
    ? await stacks.create(environment, await repositoryId(stacks.base, context.env))
    : await stacks.open(environment);
  try {
    const { changeSummary } = await stack.preview(updateOptions(context, options.policyPack));
    return { ...environment, isNew, changes: { ...changeSummary } };
  } catch (error) {
    if (error instanceof CommandError) throw new UserError(`The preview of ${stack.name} failed; see above.`);
    throw error;
  } finally {
    if (isNew) await stacks.remove(stack);
  }
}

/** What became of the comment on a pull request. */
export interface CommentSummary extends WrittenComment {
  /** The stacks whose previews failed; the comment says why. */
  failed: string[];
}

/**
 * Previews the base environment, and the branch's if it has one, and writes a comment about it on the pull request, or
 * updates the one that an earlier run wrote.
 *
 * @param options `pullRequest`: its number, in the base's repository. Default: the one that the pipeline runs for;
 *   `policyPack`: what is against them is said in the comment, and fails the previews
 * @throws UserError if there is no pull request, or it cannot be commented on
 */
export async function previewComment(
  context: Context,
  {
    branch: named,
    pullRequest: number,
    policyPack,
  }: Pick<BranchOptions, "branch" | "policyPack"> & { pullRequest?: number },
): Promise<CommentSummary> {
  const { stacks, env, say } = context;
  const { base } = stacks;
  const { organizationUrl, project, repository } = base;
  const place = { service: repository.kind, organizationUrl, project, repository: repository.name };
  const target = {
    pullRequest: findPullRequest(env, number === undefined ? undefined : { ...place, number }),
    program: base.namespace,
    subject: base.name,
  };
  const branch = await branchOf(context, named);
  const environment = branch === repository.defaultBranch ? undefined : await stacks.find(branch);
  const preview = (stack: EnvironmentStack, title: string) => previewOf(context, stack, title, policyPack);
  const previews = [await preview(await stacks.openBase(), `Base environment ${base.name}`)];
  if (environment === undefined) say(`The branch ${branch} has no environment of its own.`);
  else {
    const title = `Environment ${environment.name} of branch ${branch}`;
    previews.push(await preview(await stacks.open(environment), title));
  }
  const written = await writeComment(target, renderComment(previews, bodyLimit(target)));
  return { ...written, failed: previews.flatMap((each) => ("failure" in each ? each.title : [])) };
}

async function previewOf(
  context: Context,
  stack: EnvironmentStack,
  title: string,
  policyPacks: string[] | undefined,
): Promise<Preview> {
  const events: EngineEvent[] = [];
  const secrets = [...secretsIn(context.env), ...(await secretSettings(stack))];
  context.say(`Previewing ${stack.name}.`);
  try {
    await stack.preview({ ...updateOptions(context, policyPacks), onEvent: (event) => events.push(event) });
    return { title, changes: collectChanges(events, secrets) };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { title, failure: collectFailure(events, error, secrets) };
  }
}

async function secretSettings(stack: EnvironmentStack): Promise<string[]> {
  return Object.values(await stack.getAllConfig()).flatMap(({ secret, value }) => (secret ? value : []));
}
