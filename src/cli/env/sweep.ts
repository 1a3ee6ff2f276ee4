import { UserError } from "../../common/errors";
import { someAtOnce } from "./at-once";
import type { Context } from "./context";
import { destroy } from "./destroy";
import { hasBranch, repositoryBranches } from "./repository-branches";
import { repositoryId } from "./repository-id";
import type { KnownEnvironment } from "./stacks";
import { userErrorOf } from "./user-error";

export interface SweepOptions {
  /** Says what would be destroyed, and destroys nothing. */
  dryRun?: boolean;
  /** Only environments that were not updated for so long, in milliseconds. Default: all. */
  olderThan?: number;
  /** How many may be destroyed: with more, none is. */
  limit: number;
  /** How many are destroyed at the same time. */
  parallel: number;
}

/** An environment that a sweep takes, and why. */
export interface Swept extends KnownEnvironment {
  reason: "branch is gone" | "time to live is over";
}

export interface SweepSummary {
  /** All that were to be destroyed. */
  found: Swept[];
  destroyed: Swept[];
  /** Those that could not be destroyed, with the reason. */
  failed: (Swept & { error: string })[];
}

const day = 24 * 60 * 60_000;

/**
 * Destroys the environments of branches that are gone, and those whose time to live is over.
 *
 * @throws UserError if they are more than the limit, or the repository's branches cannot be read
 */
export async function sweep(context: Context, options: SweepOptions, now = Date.now()): Promise<SweepSummary> {
  const { stacks, env, say } = context;
  const environments = await stacks.list();
  if (environments.length === 0) {
    say("0 of 0 environments to destroy.");
    return { found: [], destroyed: [], failed: [] };
  }
  const repository = await repositoryId(stacks.base, env);
  const branches = await repositoryBranches(stacks.base, env);
  const { timeToLive } = stacks.base.settings;
  const reasonFor = (environment: KnownEnvironment, branchExists: boolean): Swept["reason"] | undefined => {
    const age = now - (environment.updated ?? environment.created).getTime();
    if (options.olderThan !== undefined && age < options.olderThan) return undefined;
    if (!branchExists) return "branch is gone";
    return timeToLive !== undefined && age > timeToLive * day ? "time to live is over" : undefined;
  };
  const candidates = environments.flatMap((environment): Swept[] => {
    const reason = reasonFor(environment, branches.has(environment.branch));
    return reason === undefined ? [] : [{ ...environment, reason }];
  });
  // The base may have moved to another repository: its branches say nothing about those of the one before.
  const found = candidates.filter((environment) => environment.repository === repository);
  for (const { name, branch, repository: other } of candidates) {
    if (other === repository) continue;
    const why = other === undefined ? "does not say which repository its branch is in" : "is for another repository";
    say(`${name} of branch ${branch} ${why}: left alone. ${how(branch)}`);
  }
  say(`${found.length} of ${environments.length} environments to destroy${found.length === 0 ? "." : ":"}`);
  for (const { name, branch, reason } of found) say(`  ${name} of branch ${branch}: ${reason}`);
  const summary: SweepSummary = { found, destroyed: [], failed: [] };
  if (options.dryRun) return summary;
  if (found.length > options.limit) {
    throw new UserError(
      `${found.length} environments to destroy are more than the limit of ${options.limit}, so none was destroyed. ` +
        "If that is meant: --limit <number>",
    );
  }
  // One that cannot be destroyed does not keep the others, whatever the reason.
  const defects: unknown[] = [];
  const destroyOne = async (environment: Swept) => {
    if (context.signal.aborted) return;
    try {
      // Since the list was read, the branch may have come back, and the environment may have been updated.
      const branchExists = await hasBranch(stacks.base, env, environment.branch);
      const known = await stacks.find(environment.branch);
      const isSame = known?.stack === environment.stack && known.repository === repository;
      if (!isSame || reasonFor(known, branchExists) === undefined) {
        say(`${environment.name}: it has changed since the list was read, so it is left alone`);
        return;
      }
      await destroyQuietly(context, environment);
      return { environment };
    } catch (error) {
      const failure = userErrorOf(error);
      if (failure !== undefined) return { environment, error: failure.message };
      defects.push(error);
    }
  };
  for (const ended of await someAtOnce(found, destroyOne, options.parallel)) {
    if (ended === undefined) continue;
    const { environment, error } = ended;
    if (error === undefined) summary.destroyed.push(environment);
    else summary.failed.push({ ...environment, error });
  }
  if (defects.length > 0) throw defects[0];
  return summary;
}

/** What to do with an environment that a sweep leaves alone. */
function how(branch: string): string {
  return `\`env up\` on that branch makes it this repository's; \`env destroy --branch ${branch}\` destroys it.`;
}

/** Destroys one beside others: each line names it, and what Pulumi prints is shown only where it fails. */
async function destroyQuietly(context: Context, environment: Swept): Promise<void> {
  const say = (line: string) => context.say(`${environment.name}: ${line}`);
  const printed: string[] = [];
  try {
    await destroy({ ...context, say, progress: (text) => printed.push(text) }, environment);
    say("destroyed");
  } catch (error) {
    context.progress(printed.join(""));
    const failure = userErrorOf(error);
    if (failure !== undefined) say(`error: ${failure.message}`);
    throw error;
  }
}
