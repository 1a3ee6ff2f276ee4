import type { Stack } from "@pulumi/pulumi/automation";
import { z } from "zod";
import type { Definition } from "./release-runs";

/** Pulumi's type of a pipeline definition. */
export const definitionType = "azuredevops:index/buildDefinition:BuildDefinition";

const resource = z.object({
  urn: z.string(),
  type: z.string(),
  id: z.string().optional(),
  inputs: z.record(z.string(), z.unknown()).optional(),
});

const deployment = z.looseObject({
  resources: z.array(resource).default([]),
  pending_operations: z.array(z.object({ type: z.string(), resource })).default([]),
});

/** What a stack's state says. */
export interface State {
  /** Whether nothing is in it. */
  isEmpty: boolean;
  /** What was under way when an operation was killed. */
  pending: z.output<typeof deployment>["pending_operations"];
  /** The pipeline definitions in it. */
  definitions: Definition[];
  /** Writes the state without what was under way. */
  forgetPending: () => Promise<void>;
}

/** Reads a stack's state. */
export async function readState(stack: Stack): Promise<State> {
  const exported = await stack.exportStack();
  const { resources, pending_operations } = deployment.parse(exported.deployment ?? {});
  return {
    isEmpty: resources.length === 0,
    pending: pending_operations,
    definitions: resources.flatMap(({ type, id, inputs }) =>
      type === definitionType && id !== undefined
        ? [{ project: String(inputs?.projectId), id: Number(id), name: String(inputs?.name) }]
        : [],
    ),
    forgetPending: () =>
      stack.importStack({ ...exported, deployment: { ...exported.deployment, pending_operations: [] } }),
  };
}
