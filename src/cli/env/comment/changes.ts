import { stripVTControlCharacters } from "node:util";
import type { EngineEvent, OpType, StepEventMetadata, StepEventStateMetadata } from "@pulumi/pulumi/automation";
import { messageOf } from "../../../common/errors";
import { stackType } from "../state";
import { changeOf, compare, type PropertyChange, parsePath, valueAt } from "./property-change";
import { isInternal, Secrets, type State } from "./property-value";

/** What an update would do to a resource. An import takes over one that exists. */
export type Operation = "replace" | "delete" | "create" | "update" | "import";

/** What an update would do, as a preview shows it. Secrets are not in it. */
export interface Changes {
  /** In the order of {@link operations}, then that of the preview. */
  resources: ResourceChange[];
  /** Outputs of the stack. A secret one is here only if it comes or goes: the engine does not show its values. */
  outputs: PropertyChange[];
  /** How many resources stay as they are. */
  unchanged: number;
}

export interface ResourceChange {
  operation: Operation;
  /** As Pulumi's CLI shows it, for example `azuredevops:index:BuildDefinition`. */
  type: string;
  /** The resource's name in the program. */
  name: string;
  /** Tells it from all others of all stacks. */
  urn: string;
  /** What its provider knows it by; not there if it does not exist yet. */
  id?: string;
  /** Whether that which is deleted or replaced stays in the cloud, by its option `retainOnDelete`. */
  retained: boolean;
  properties: PropertyChange[];
}

/** Why a preview failed. Secrets are not in it. */
export interface Failure {
  messages: Message[];
}

export interface Message {
  /** Type and name of the resource that it is about; not there if it is about none. */
  resource?: string;
  /** One or more lines. */
  text: string;
}

/** The operations; those first that take something away. */
export const operations: readonly Operation[] = ["replace", "delete", "create", "update", "import"];

/** Whether it takes something away. */
export function isDestructive(operation: Operation): boolean {
  return operation === "replace" || operation === "delete";
}

const operationOf: Partial<Record<OpType, Operation>> = {
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
  "import-replacement": "replace",
  delete: "delete",
  create: "create",
  update: "update",
  import: "import",
};

/**
 * What a preview would do.
 *
 * @param events all of the preview's events, in their order
 * @param known values that are secret although the engine may not know it or shows nowhere what they are: tokens, the
 *   stack's secret settings
 */
export function collectChanges(events: EngineEvent[], known: string[] = []): Changes {
  const secrets = secretsOf(events, known);
  const steps = new Map<string, StepEventMetadata[]>();
  for (const { metadata } of resourceEvents(events)) {
    if (isDefaultProvider(metadata)) continue;
    steps.set(metadata.urn, [...(steps.get(metadata.urn) ?? []), metadata]);
  }
  const resources = [...steps.values()].flatMap((ofOne) => resourceChange(ofOne, secrets) ?? []);
  return {
    resources: operations.flatMap((operation) => resources.filter((resource) => resource.operation === operation)),
    outputs: outputChanges(events, secrets),
    unchanged: steps.size - resources.length,
  };
}

/**
 * Why a preview failed: what the engine reported, or what was thrown if that is nothing.
 *
 * @param events all of the preview's events
 * @param error what the Automation API threw
 * @param known as for {@link collectChanges}
 */
export function collectFailure(events: EngineEvent[], error: unknown, known: string[] = []): Failure {
  const secrets = secretsOf(events, known);
  const clean = (text: string) => secrets.redact(stripVTControlCharacters(text)).trim();
  // Of "debug", which the engine sends as well, nothing may be shown: there are tokens in it.
  const messages = events.flatMap(({ diagnosticEvent, policyEvent }): Message[] => {
    if (diagnosticEvent?.severity === "error") {
      return [{ ...subjectOf(diagnosticEvent.urn), text: clean(diagnosticEvent.message) }];
    }
    if (policyEvent?.enforcementLevel === "mandatory") {
      const { resourceUrn, policyName, policyPackName, message } = policyEvent;
      return [{ ...subjectOf(resourceUrn), text: clean(`policy ${policyName} of ${policyPackName}: ${message}`) }];
    }
    return [];
  });
  if (messages.length > 0) return { messages };
  return { messages: [{ text: clean(messageOf(error)) }] };
}

function resourceChange(steps: StepEventMetadata[], secrets: Secrets): ResourceChange | undefined {
  const found = steps.flatMap(({ op }) => operationOf[op] ?? []);
  const operation = operations.find((candidate) => found.includes(candidate));
  if (operation === undefined) return undefined;
  const own = steps.filter(({ op }) => operationOf[op] === operation);
  // A replacement has one step with what is new, and another with the reasons, in either order.
  const step = own.find((candidate) => candidate.new) ?? own[0];
  if (step === undefined) return undefined;
  const id = step.old?.id;
  return {
    operation,
    type: displayType(step.type),
    name: secrets.redact(nameOf(step.urn)),
    urn: step.urn,
    ...(id && { id: secrets.redact(id) }),
    retained: isDestructive(operation) && step.old?.retainOnDelete === true,
    properties: propertyChanges(step, new Set(own.flatMap(({ keys }) => keys ?? [])), secrets),
  };
}

/** @param reasons properties for which the resource is replaced */
function propertyChanges(step: StepEventMetadata, reasons: Set<string>, secrets: Secrets): PropertyChange[] {
  const read = (state: StepEventStateMetadata | undefined, of: "inputs" | "outputs") =>
    secrets.read({ type: step.type, properties: state?.[of] });
  const [old, next, was] = [read(step.old, "inputs"), read(step.new, "inputs"), read(step.old, "outputs")];
  // In its events, the engine has null for what is not there.
  if (!step.old || !step.new) return compare(old ?? {}, next ?? {});

  const changes = new Map<string, PropertyChange>();
  for (const place of placesOf(step)) {
    const path = parsePath(place);
    if (isInternal(String(path[0]))) continue;
    const [before, after] = [valueAt(old, path), valueAt(next, path)];
    const changed = compare(before, after, path);
    // The program wants what it wanted before: then it is the resource that has changed, or what has is secret.
    const all =
      changed.length > 0 || path.length === 0 ? changed : [changeOf(valueAt(was, path) ?? before, after, path)];
    const replaces = step.detailedDiff?.[place]?.diffKind.endsWith("-replace") ?? false;
    for (const change of all) {
      const root = String(parsePath(change.path)[0]);
      changes.set(change.path, { ...change, replaces: replaces || reasons.has(root) });
    }
  }
  return [...changes.values()];
}

/** Where the provider, or else the engine, sees changes; everywhere if neither says. */
function placesOf({ detailedDiff, diffs }: StepEventMetadata): string[] {
  const detailed = Object.keys(detailedDiff ?? {});
  if (detailed.length > 0) return detailed;
  return diffs?.length ? diffs : [""];
}

function outputChanges(events: EngineEvent[], secrets: Secrets): PropertyChange[] {
  const stack = events.flatMap(({ resOutputsEvent }) =>
    resOutputsEvent?.metadata.type === stackType ? resOutputsEvent.metadata : [],
  );
  // The first one comes before the program has run.
  const last = stack.at(-1);
  const read = (state: StepEventStateMetadata | undefined) =>
    secrets.read({ type: stackType, properties: state?.outputs }) ?? {};
  return last === undefined ? [] : compare(read(last.old), read(last.new));
}

function secretsOf(events: EngineEvent[], known: string[]): Secrets {
  const states = resourceEvents(events).flatMap(({ metadata: { type, old, new: next } }): State[] =>
    [old?.inputs, old?.outputs, next?.inputs, next?.outputs].map((properties) => ({ type, properties })),
  );
  return new Secrets(states, known);
}

function resourceEvents(events: EngineEvent[]): { metadata: StepEventMetadata }[] {
  return events.flatMap(({ resourcePreEvent, resOutputsEvent }) => resourcePreEvent ?? resOutputsEvent ?? []);
}

/** The engine makes such a provider by itself, and neither shows nor counts it. */
function isDefaultProvider({ type, urn }: StepEventMetadata): boolean {
  return type.startsWith("pulumi:providers:") && /^default(_|$)/.test(nameOf(urn));
}

/** `urn:pulumi:stack::project::parent's type$type::name`; a name can have anything in it. */
function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** `azuredevops:index/buildDefinition:BuildDefinition` is `azuredevops:index:BuildDefinition`. */
function displayType(type: string): string {
  const [, before, module, file = "", name = ""] = /^([^:]+):([^:/]+)\/([^:]+):([^:]+)$/.exec(type) ?? [];
  return file !== "" && file.toLowerCase() === name.toLowerCase() ? `${before}:${module}:${name}` : type;
}

function subjectOf(urn: string | undefined): { resource?: string } {
  if (!urn) return {};
  const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
  return { resource: `${displayType(type)} ${nameOf(urn)}` };
}
