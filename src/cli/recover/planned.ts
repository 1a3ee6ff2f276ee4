import { z } from "zod";
import type { EnvironmentStack } from "../env/stacks";

const creation = z.looseObject({
  urn: z.string(),
  type: z.string(),
  inputs: z.record(z.string(), z.unknown()).default({}),
});

/** A resource that is not in a stack's state, in the form in which it would be there. */
export type Planned = z.output<typeof creation>;

/**
 * What the next update would create. An operation may have made it already, and ended before the stack knew.
 *
 * @throws CommandError if there can be no update
 */
export async function plannedCreations(
  stack: Pick<EnvironmentStack, "preview">,
  signal: AbortSignal,
): Promise<Planned[]> {
  const found: Planned[] = [];
  await stack.preview({
    suppressOutputs: true,
    suppressProgress: true,
    signal,
    onEvent({ resourcePreEvent }) {
      const { op, new: created } = resourcePreEvent?.metadata ?? {};
      if (op === "create" && created) found.push(creation.parse(created));
    },
  });
  return found;
}
