import { CommandError, type EngineEvent } from "@pulumi/pulumi/automation";
import * as z from "zod";
import { UserError } from "../../common/errors";
import { collectFailure } from "../env/comment/changes";
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
 * @throws UserError if there can be no update, with what Pulumi reported
 */
export async function plannedCreations(
  stack: Pick<EnvironmentStack, "name" | "preview">,
  signal: AbortSignal,
): Promise<Planned[]> {
  const events: EngineEvent[] = [];
  const onEvent = (event: EngineEvent) => events.push(event);
  try {
    await stack.preview({ suppressOutputs: true, suppressProgress: true, signal, onEvent });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const { messages } = collectFailure(events, error);
    throw new UserError(
      [`what the next update of ${stack.name} would create is not known, for its preview failed:`]
        .concat(messages.map(({ text }) => text))
        .join("\n"),
    );
  }
  return events.flatMap(({ resourcePreEvent }) => {
    const { op, new: created } = resourcePreEvent?.metadata ?? {};
    return op === "create" && created ? creation.parse(created) : [];
  });
}
