import { hostname } from "node:os";
import { CommandError, ConcurrentUpdateError } from "@pulumi/pulumi/automation";
import { UserError } from "../../common/errors";
import { isAlive } from "../../common/process";
import { adoptAll } from "../recover/adopt-all";
import { deleteOrphans } from "../recover/azure-devops";
import { forgetGone } from "../recover/gone-resources";
import { plannedCreations } from "../recover/planned";
import type { Context } from "./context";
import type { EnvironmentStack } from "./stacks";
import { nameInUrn, readState } from "./state";
import { readUnlocked } from "./unlocked-state";

/**
 * Runs an operation on a stack, after putting in order what an earlier one left that was killed: its lock, and what it
 * had begun. What one left whose answer was lost is put in order when it is in the way.
 *
 * @param operation is to compare the state with what there is first, if `refresh`
 * @param isNew whether the stack has just been made, so that nothing is to be put in order. Default: false
 * @throws UserError if another operation is going on, or Pulumi failed, which has said why
 */
export async function operate<T>(
  context: Context,
  stack: EnvironmentStack,
  operation: (refresh: boolean) => Promise<T>,
  { isNew = false } = {},
): Promise<T> {
  const run = async (isSettled = false) => {
    if (!isSettled) await settle(context, stack);
    return operation(false).catch(async (error: unknown) => {
      // An answer that was lost leaves the same as a kill, and no trace in the state.
      if (!(error instanceof CommandError)) throw error;
      // Azure DevOps takes a second check like the first: it is not asked for before the first is gone.
      if (/already exist|failed creating check/i.test(error.message)) return withoutOrphans(error);
      if (!/does not exist|not found/i.test(error.message)) throw error;
      context.say("Something is gone already: an earlier operation may have deleted it.");
      await forgetGone(context, stack);
      return operation(true);
    });
  };
  const withoutOrphans = async (error: CommandError) => {
    context.say("Something that is to be created exists already: an earlier operation may have made it.");
    const adopted = isBranch(context, stack) && /already existing resource/.test(error.message) && (await adoptOwn());
    const planned = await plannedCreations(stack, context.signal);
    const deleted = await deleteOrphans(context, await readUnlocked(context, stack), planned);
    if (!adopted && deleted === 0) throw error;
    return operation(false);
  };
  /** What a branch has in Azure is in the base environment's resource group, by names that nobody else has. */
  const adoptOwn = async () => {
    const { resources } = await readState(await context.stacks.openBase());
    await readUnlocked(context, stack);
    return adoptAll(context, stack, [], { others: resources });
  };
  try {
    return await run(isNew).catch(async (error: unknown) => {
      if (!(error instanceof ConcurrentUpdateError)) throw error;
      await removeLock(context, stack, error.message);
      return run();
    });
  } catch (error) {
    if (error instanceof CommandError) throw new UserError(`Pulumi failed on the stack ${stack.name}; see above.`);
    throw error;
  }
}

/** Takes a lock away whose process is no more. */
async function removeLock({ say }: Context, stack: EnvironmentStack, message: string): Promise<void> {
  const owners = [...message.matchAll(/created by \S+@(\S+) \(pid (\d+)\) at (\S+)/g)];
  const isOver = ([, host, pid]: RegExpMatchArray) => host === hostname() && !isAlive(Number(pid));
  if (owners.length === 0 || !owners.every(isOver)) {
    const by = owners.map(([, host, pid, time]) => `process ${pid} on ${host} since ${time}`).join(", ");
    throw new UserError(
      `the stack ${stack.name} is being worked on${by && ` by ${by}`}. Wait until that has ended; ` +
        `if that process no longer runs: pulumi cancel ${stack.name}`,
    );
  }
  say(
    `A command that was killed (${owners.map(([, , pid]) => `process ${pid}`).join(", ")}) left the stack locked: unlocked.`,
  );
  await stack.cancel();
}

/**
 * Settles what was under way when an operation was killed, so that the next one starts from what there is. What it was
 * creating in Azure DevOps may exist without the stack knowing its id: it is deleted, and made anew. What it was creating in
 * Azure is in the way then, and is taken over. All else that a branch environment has can be created, updated or deleted
 * once more as if it had not been.
 */
async function settle(context: Context, stack: EnvironmentStack): Promise<void> {
  if ((await readState(stack)).pending.length === 0) return;
  const state = await readUnlocked(context, stack);
  // Who was at work on it may have come to an end.
  if (state.pending.length === 0) return;
  for (const { type, resource } of state.pending) {
    context.say(
      `${resource.type} ${nameInUrn(resource.urn)} was being changed (${type}) when a command was interrupted.`,
    );
  }
  await deleteOrphans(context, state, state.begun, isBranch(context, stack));
  await state.forgetPending();
}

function isBranch({ stacks }: Context, stack: EnvironmentStack): boolean {
  return stack.name !== stacks.base.name;
}
