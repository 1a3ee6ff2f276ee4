import { hostname } from "node:os";
import { CommandError, ConcurrentUpdateError, type Stack } from "@pulumi/pulumi/automation";
import { getPersonalAccessTokenHandler, WebApi } from "azure-devops-node-api";
import type { IBuildApi } from "azure-devops-node-api/BuildApi";
import { z } from "zod";
import { UserError } from "../../toolchain/errors";
import { accessTokenOf } from "../azure-devops";
import type { Context } from "./context";
import { releaseRuns } from "./release-runs";
import { definitionType, readState, type State } from "./state";

/**
 * Runs an operation on a stack, after putting in order what an earlier one left that was killed: its lock, and what it
 * had begun.
 *
 * @throws UserError if another operation is going on, or Pulumi failed, which has said why
 */
export async function operate<T>(context: Context, stack: Stack, operation: () => Promise<T>): Promise<T> {
  const run = async () => {
    await settle(context, stack);
    return operation();
  };
  try {
    return await run().catch(async (error: unknown) => {
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
async function removeLock({ say }: Context, stack: Stack, message: string): Promise<void> {
  const owners = [...message.matchAll(/created by \S+@(\S+) \(pid (\d+)\) at (\S+)/g)];
  const isOver = ([, host, pid]: RegExpMatchArray) => host === hostname() && !isRunning(Number(pid));
  if (owners.length === 0 || !owners.every(isOver)) {
    const by = owners.map(([, host, pid, time]) => `process ${pid} on ${host} since ${time}`).join(", ");
    throw new UserError(
      `the stack ${stack.name} is being worked on${by && ` by ${by}`}. Wait until that has ended; ` +
        `if it cannot any more: pulumi cancel ${stack.name}`,
    );
  }
  say(
    `A command that was killed (${owners.map(([, , pid]) => `process ${pid}`).join(", ")}) left the stack locked: unlocked.`,
  );
  await stack.cancel();
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/**
 * Settles what was under way when an operation was killed, so that the next one starts from what there is. A pipeline
 * definition that was being created may exist without the stack knowing its id: it is deleted, and made anew. All else
 * that a branch environment has can be created, updated or deleted once more as if it had not been.
 */
async function settle(context: Context, stack: Stack): Promise<void> {
  const state = await readState(stack);
  if (state.pending.length === 0) return;
  const { stacks, env, say } = context;
  const { organizationUrl } = stacks.base;
  const api = await new WebApi(organizationUrl, getPersonalAccessTokenHandler(accessTokenOf(env))).getBuildApi();
  for (const { type, resource } of state.pending) {
    say(`${resource.type} ${nameIn(resource.urn)} was being changed (${type}) when a command was interrupted.`);
    if (type === "creating" && resource.type === definitionType) await deleteOrphan(api, state, resource.inputs, say);
  }
  await state.forgetPending();
}

const definitionInputs = z.object({ projectId: z.string(), name: z.string(), path: z.string() });

async function deleteOrphan(api: IBuildApi, state: State, inputs: unknown, say: Context["say"]): Promise<void> {
  const { projectId: project, name, path } = definitionInputs.parse(inputs);
  const known = new Set(state.definitions.map(({ id }) => id));
  for (const found of await api.getDefinitions(project, name)) {
    if (found.id === undefined || found.name !== name || found.path !== path || known.has(found.id)) continue;
    say(`The definition ${name} (${found.id}) was created by it: it is deleted, to be made anew.`);
    await releaseRuns(api, { project, id: found.id, name }, say);
    await api.deleteDefinition(project, found.id);
  }
}

function nameIn(urn: string): string {
  return urn.split("::").at(-1) ?? urn;
}
