import * as z from "zod";
import { invalidArgument } from "../common/errors";
import type { Organization } from "../common/organization";
import { identityOf } from "../common/organization";
import type { Project } from "../core/state";
import { reasons } from "./cause";
import type { Build, RunsState } from "./state";

/** How runs are asked for. */
export const listQuery = z.record(z.string(), z.string());

export type ListQuery = z.output<typeof listQuery>;

/** Numbers of enumeration values in the build API. The first two are flags and can be added up. */
const statuses = { inProgress: 1, completed: 2, cancelling: 4, postponed: 8, notStarted: 32 };
const results = { succeeded: 2, partiallySucceeded: 4, failed: 8, canceled: 32 };
const orders = {
  finishTimeAscending: 2,
  finishTimeDescending: 3,
  queueTimeDescending: 4,
  queueTimeAscending: 5,
  startTimeDescending: 6,
  startTimeAscending: 7,
};

const reasonNumbers = Object.fromEntries(Object.entries(reasons).map(([name, { number }]) => [name, number]));

type Filter = (build: Build, value: string, organization: Organization) => boolean;

/** What runs can be filtered by. */
const filters: Record<string, Filter> = {
  definitions: ({ definitionId }, value) => list(value).includes(String(definitionId)),
  buildIds: ({ id }, value) => list(value).includes(String(id)),
  buildNumber: ({ number }, value) => (value.endsWith("*") ? number.startsWith(value.slice(0, -1)) : number === value),
  branchName: ({ branch }, value) => branch === value,
  statusFilter: ({ status }, value) => isAmong(statuses, "statusFilter", status, value),
  resultFilter: ({ result }, value) => result !== undefined && isAmong(results, "resultFilter", result, value),
  reasonFilter: ({ cause }, value) => isAmong(reasonNumbers, "reasonFilter", cause.reason, value),
  tagFilters: ({ tags }, value) => list(value).every((tag) => tags.includes(tag)),
  repositoryId: ({ definitionId }, value, { state }) =>
    state.definitions.some(({ id, repository }) => id === definitionId && repository.id === value.toLowerCase()),
  repositoryType: ({ definitionId }, value, { state }) =>
    state.definitions.some(({ id, repository }) => id === definitionId && repository.type === value),
  requestedFor: ({ requestedFor }, value, organization) => {
    const { displayName, id, uniqueName } = identityOf(organization, requestedFor);
    return [displayName, id, uniqueName].includes(value);
  },
};

/** What else a list may be asked with. */
const others = ["api-version", "$top", "maxBuildsPerDefinition", "queryOrder"];

/** The runs of a project that a query asks for, the last queued first unless it says otherwise. */
export function listBuilds(
  organization: Organization,
  { builds }: RunsState,
  project: Project,
  query: ListQuery,
): Build[] {
  const wanted = Object.entries(query).flatMap(([name, value]) => (value ? [{ name, value }] : []));
  for (const { name } of wanted) {
    if (Object.hasOwn(filters, name) || others.includes(name)) continue;
    throw invalidArgument(`The local Azure DevOps does not list builds by ${name}.`);
  }
  const perDefinition = new Map<number, number>();
  const found = builds.filter(
    (build) =>
      build.projectId === project.id &&
      wanted.every(({ name, value }) => filters[name]?.(build, value, organization) ?? true),
  );
  return ordered(found, query.queryOrder ?? "queueTimeDescending")
    .filter(({ definitionId }) => {
      const count = (perDefinition.get(definitionId) ?? 0) + 1;
      perDefinition.set(definitionId, count);
      return !query.maxBuildsPerDefinition || count <= Number(query.maxBuildsPerDefinition);
    })
    .slice(0, query.$top ? Number(query.$top) : undefined);
}

function ordered(builds: Build[], order: string): Build[] {
  const [name] = valuesOf(orders, "queryOrder", order);
  const key = name?.startsWith("finish") ? "finishTime" : name?.startsWith("start") ? "startTime" : "queueTime";
  // Times can be equal, ids cannot.
  const ascending = builds.toSorted((a, b) => (a[key] ?? "").localeCompare(b[key] ?? "") || a.id - b.id);
  return name?.endsWith("Ascending") ? ascending : ascending.toReversed();
}

function isAmong(names: Record<string, number>, filter: string, name: string, value: string): boolean {
  return valuesOf(names, filter, value).includes(name);
}

/** The names that a query's value has: names with commas between them, or a number. */
function valuesOf(names: Record<string, number>, filter: string, value: string): string[] {
  const number = Number(value);
  const found = Object.entries(names).flatMap(([name, own]) => {
    const isNamed = list(value).some((item) => item.toLowerCase() === name.toLowerCase());
    const isNumbered = filter === "queryOrder" ? number === own : (number & own) !== 0;
    return isNamed || isNumbered ? [name] : [];
  });
  if (found.length > 0) return found;
  throw invalidArgument(`${filter}=${value} is not one of ${Object.keys(names).join(", ")}.`);
}

function list(value: string): string[] {
  return value.split(",").map((item) => item.trim());
}
