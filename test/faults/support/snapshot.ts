import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Layout } from "../../../local-cloud/cloud/layout";

/**
 * Everything that there is in a local cloud and in its stacks' states, a line each, in a form in which two are the same
 * if they differ only in what is made up anew each time: ids, times and digests.
 */
export function snapshot(layout: Layout): string[] {
  return [
    ...services(layout.state.azure, "azure", ["resources", "roleAssignments", "servicePrincipals"]),
    ...services(layout.state.azureDevOps, "azure devops", [
      "endpoints",
      "definitions",
      "permissions",
      "checks",
      "variableGroups",
    ]),
    ...services(layout.state.registries, "registries", ["registries"]),
    ...tags(layout.registries),
    ...stacks(layout.stacks),
  ].sort();
}

/** What one snapshot has and the other has not. */
export function differences(expected: string[], found: string[]): string[] {
  const left = [...expected];
  const added = found.filter((line) => {
    const at = left.indexOf(line);
    if (at === -1) return true;
    left.splice(at, 1);
    return false;
  });
  return [...left.map((line) => `- ${line}`), ...added.map((line) => `+ ${line}`)];
}

function services(file: string, name: string, keys: string[]): string[] {
  if (!existsSync(file)) return [];
  const state: Record<string, object> = JSON.parse(readFileSync(file, "utf8"));
  return keys.flatMap((key) => Object.values(state[key] ?? {}).map((value) => `${name} ${key} ${anonymous(value)}`));
}

function anonymous(value: unknown): string {
  const text = JSON.stringify(value, (key, of) =>
    /^(id|revision|pipelineId|rev|definitionId)$/.test(key) && typeof of === "number" ? 0 : of,
  );
  return text
    .replace(/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/gi, "<id>")
    .replace(/sha256:[\da-f]{64}/g, "<digest>")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>");
}

function tags(registries: string): string[] {
  if (!existsSync(registries)) return [];
  return readdirSync(registries, { recursive: true, encoding: "utf8" })
    .filter((path) => /\/_manifests\/tags\/[^/]+$/.test(path))
    .map((path) => `tag ${path}`);
}

function stacks(backend: string): string[] {
  const folder = join(backend, ".pulumi/stacks/job-container");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .flatMap((name) => {
      const { checkpoint }: { checkpoint: Checkpoint } = JSON.parse(readFileSync(join(folder, name), "utf8"));
      const { resources = [], pending_operations: pending = [] } = checkpoint.latest ?? {};
      return [
        `stack ${name}`,
        ...resources.map(({ urn, delete: old }) => `stack ${name} ${urn}${old ? " (to be deleted)" : ""}`),
        ...pending.map(({ type, resource }) => `stack ${name} pending ${type} ${resource.urn}`),
      ];
    });
}

interface Checkpoint {
  latest?: {
    resources?: { urn: string; delete?: boolean }[];
    pending_operations?: { type: string; resource: { urn: string } }[];
  };
}
