import type { Context } from "./context";
import type { EnvironmentStack } from "./stacks";
import { readState, type State, stackType } from "./state";

/**
 * Reads a stack's state when nobody works on the stack. Otherwise what a command has just made, and has yet to write down,
 * would look like something that was left.
 *
 * @throws ConcurrentUpdateError if somebody works on it
 */
export async function readUnlocked({ signal }: Context, stack: EnvironmentStack): Promise<State> {
  const { resources } = await readState(stack);
  const root = resources.find(({ type }) => type === stackType);
  // Pulumi's export looks at no lock, and its import forgets what was under way. A refresh of the stack's own resource, which
  // no service has, takes the lock and changes nothing.
  const quietly = { suppressOutputs: true, suppressProgress: true, showSecrets: false };
  await stack.refresh({ ...(root && { target: [root.urn] }), ...quietly, signal });
  return readState(stack);
}
