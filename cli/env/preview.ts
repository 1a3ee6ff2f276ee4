import { CommandError, type EngineEvent, type Stack } from "@pulumi/pulumi/automation";
import { UserError } from "../../toolchain/errors";
import { collectChanges, collectFailure } from "./comment/changes";
import { findPullRequest, type PullRequestOptions } from "./comment/pull-request";
import { type Preview, renderComment } from "./comment/render";
import { bodyLimit, type WrittenComment, writeComment } from "./comment/write-comment";
import { type Context, operationOptions } from "./context";
import { type BranchOptions, branchOf, requestedEnvironment } from "./up";

/**
 * Shows what `up` would do. A branch without an environment gets none by this.
 *
 * @returns how many resources would be created, updated, left as they are …
 */
export async function preview(context: Context, options: BranchOptions): Promise<Record<string, number>> {
  const { stacks, say } = context;
  const { environment, isNew } = await requestedEnvironment(context, options);
  say(
    `${isNew ? "Would create" : "Would update"} the environment ${environment.name} of branch ${environment.branch}.`,
  );
  const stack = isNew ? await stacks.create(environment) : await stacks.open(environment);
  try {
    const { changeSummary } = await stack.preview(operationOptions(context));
    return { ...changeSummary };
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
 * @throws UserError if there is no pull request, or it cannot be commented on
 */
export async function previewComment(
  context: Context,
  { branch: named, ...options }: PullRequestOptions & { branch?: string },
): Promise<CommentSummary> {
  const { stacks, env, say } = context;
  const target = {
    pullRequest: findPullRequest(env, options),
    program: stacks.base.namespace,
    subject: stacks.base.name,
  };
  const branch = await branchOf(context, named);
  const environment = branch === stacks.base.repository.defaultBranch ? undefined : await stacks.find(branch);
  const previews = [await previewOf(context, await stacks.openBase(), `Base environment ${stacks.base.name}`)];
  if (environment === undefined) say(`The branch ${branch} has no environment of its own.`);
  else {
    const title = `Environment ${environment.name} of branch ${branch}`;
    previews.push(await previewOf(context, await stacks.open(environment), title));
  }
  const written = await writeComment(target, renderComment(previews, bodyLimit(target)));
  return { ...written, failed: previews.flatMap((each) => ("failure" in each ? each.title : [])) };
}

async function previewOf(context: Context, stack: Stack, title: string): Promise<Preview> {
  const events: EngineEvent[] = [];
  const secrets = [...secretsIn(context.env), ...(await secretSettings(stack))];
  context.say(`Previewing ${stack.name}.`);
  try {
    await stack.preview({ ...operationOptions(context), onEvent: (event) => events.push(event) });
    return { title, changes: collectChanges(events, secrets) };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { title, failure: collectFailure(events, error, secrets) };
  }
}

/** Variables whose values no comment may show, wherever they come from. */
const secretVariables = [
  "AZDO_PERSONAL_ACCESS_TOKEN",
  "SYSTEM_ACCESSTOKEN",
  "GITHUB_TOKEN",
  "ARM_CLIENT_SECRET",
  "PULUMI_ACCESS_TOKEN",
  "PULUMI_CONFIG_PASSPHRASE",
  "AZURE_STORAGE_KEY",
  "AZURE_STORAGE_SAS_TOKEN",
];

function secretsIn(env: NodeJS.ProcessEnv): string[] {
  return secretVariables.flatMap((name) => env[name] || []);
}

async function secretSettings(stack: Stack): Promise<string[]> {
  return Object.values(await stack.getAllConfig()).flatMap(({ secret, value }) => (secret ? value : []));
}
