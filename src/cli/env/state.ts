import type { Deployment } from "@pulumi/pulumi/automation";
import * as z from "zod";
import { knownOutputs } from "../../common/known-outputs";
import type { Definition } from "./release-runs";
import type { EnvironmentStack } from "./stacks";

/** Pulumi's type of a pipeline definition. */
export const definitionType = "azuredevops:index/buildDefinition:BuildDefinition";

/** Pulumi's type of the resource that a stack itself is. */
export const stackType = "pulumi:pulumi:Stack";

const resource = z.looseObject({
  urn: z.string(),
  type: z.string(),
  id: z.string().optional(),
  inputs: z.record(z.string(), z.unknown()).optional(),
  outputs: z.record(z.string(), z.unknown()).optional(),
  dependencies: z.array(z.string()).optional(),
  propertyDependencies: z.record(z.string(), z.array(z.string()).nullable()).optional(),
});

const deployment = z.looseObject({
  resources: z.array(resource).default([]),
  pending_operations: z.array(z.object({ type: z.string(), resource })).default([]),
});

/** A resource in the form in which Pulumi keeps it. */
export type StateResource = z.output<typeof resource>;

/** What is in a stack. */
export interface StateContent {
  /** Whether nothing is in it. */
  isEmpty: boolean;
  /** What was under way when an operation was killed. */
  pending: z.output<typeof deployment>["pending_operations"];
  /** What was being created then. What was being imported is somebody else's, and is not among it. */
  begun: StateResource[];
  /** The pipeline definitions in it. */
  definitions: Definition[];
  resources: StateResource[];
  /** What the stack puts out, as far as it is known. */
  outputs: Record<string, unknown>;
  /** Ids of all that is in it, as the services have them. */
  ids: Set<string>;
}

/** What is in a stack, and how to change what its state says of it. */
export interface State extends StateContent {
  /** Writes the state without what was under way. */
  forgetPending: () => Promise<void>;
  /** Writes the state without these resources, by their URNs, and without what was under way. */
  forget: (urns: Set<string>) => Promise<void>;
  /** Writes the state with these besides, and without what was under way. */
  add: (resources: StateResource[]) => Promise<void>;
}

/** A resource's own name. */
export function nameInUrn(urn: string): string {
  return urn.split("::").at(-1) ?? urn;
}

/** Reads a stack's state. */
export async function readState(stack: Pick<EnvironmentStack, "exportStack" | "importStack">): Promise<State> {
  const exported = await stack.exportStack();
  const content = contentOf(exported);
  const { resources } = content;
  const write = (all: StateResource[]) =>
    stack.importStack({ ...exported, deployment: { ...exported.deployment, resources: all, pending_operations: [] } });
  return {
    ...content,
    forgetPending: () => write(resources),
    forget: (urns) => write(resources.flatMap((each) => (urns.has(each.urn) ? [] : withoutDependencies(each, urns)))),
    add: (added) => write([...resources, ...added]),
  };
}

/** What is in a stack, by its state. */
export function contentOf(exported: Deployment): StateContent {
  const { resources, pending_operations } = deployment.parse(exported.deployment ?? {});
  return {
    isEmpty: resources.length === 0,
    pending: pending_operations,
    begun: pending_operations.flatMap(({ type, resource }) => (type === "creating" ? resource : [])),
    definitions: resources.flatMap(({ type, id, inputs }) =>
      type === definitionType && id !== undefined
        ? [{ project: String(inputs?.projectId), id: Number(id), name: String(inputs?.name) }]
        : [],
    ),
    resources,
    outputs: knownOutputs(resources.find(({ type }) => type === stackType)?.outputs ?? {}),
    ids: new Set(resources.flatMap(({ id }) => id ?? [])),
  };
}

/** Pulumi refuses a state in which a resource depends on one that is not there. */
function withoutDependencies(of: StateResource, urns: Set<string>): StateResource {
  const { dependencies, propertyDependencies } = of;
  const kept = (list: string[]) => list.filter((urn) => !urns.has(urn));
  return {
    ...of,
    ...(dependencies && { dependencies: kept(dependencies) }),
    ...(propertyDependencies && {
      propertyDependencies: Object.fromEntries(
        Object.entries(propertyDependencies).map(([name, list]) => [name, list && kept(list)]),
      ),
    }),
  };
}
