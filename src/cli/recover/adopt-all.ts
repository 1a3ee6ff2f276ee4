import { type Context, operationOptions } from "../env/context";
import type { EnvironmentStack } from "../env/stacks";
import { readState, type StateResource } from "../env/state";
import { adopt } from "./azure";
import { plannedCreations } from "./planned";

/**
 * Takes into the state all that may have been made in Azure without the stack knowing, and refreshes it, until nothing
 * more comes to light: what is in a resource group is known once that is, and what is about a registry or an identity
 * likewise.
 *
 * @param begun what was being created when an operation was killed
 * @param ownGroup name of a resource group that a person says is the stack's
 * @param others what is in the base environment's stack, if this is a branch's
 * @returns whether anything was taken
 */
export async function adoptAll(
  context: Context,
  stack: EnvironmentStack,
  begun: StateResource[],
  { ownGroup, others }: { ownGroup?: string; others?: StateResource[] },
): Promise<boolean> {
  const tried = new Set<string>();
  for (;;) {
    const planned = await plannedCreations(stack, context.signal);
    const candidates = [...begun, ...planned].filter(({ urn }) => !tried.has(urn));
    const adopted = await adopt(context, await readState(stack), candidates, ownGroup, others);
    for (const urn of adopted) tried.add(urn);
    await stack.refresh(operationOptions(context));
    if (adopted.length === 0) return tried.size > 0;
  }
}
