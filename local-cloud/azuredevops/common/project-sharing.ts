import * as z from "zod";
import { invalidArgument } from "./errors";
import { checkDisplayName, sameName } from "./naming";
import { findProject, type Organization } from "./organization";

/** A project that something of the organization is shared with: it has a name and a description in each. */
export const sharedProjectForm = z.strictObject({ id: z.string(), name: z.string(), description: z.string() });

export type SharedProject = z.output<typeof sharedProjectForm>;

/** A project as a request refers to it. */
const projectReferenceForm = z.object({
  projectReference: z.object({ id: z.string().optional(), name: z.string().optional() }),
  name: z.string().optional(),
  description: z.string().nullish(),
});

export type ProjectReferenceInput = z.output<typeof projectReferenceForm>;

export const projectReferencesForm = z.array(projectReferenceForm).min(1);

/** Service connections and variable groups: they belong to the organization and are shared with projects. */
interface Shared {
  projects: SharedProject[];
}

/**
 * The projects that a request names. A name is checked, and is unique in a project.
 *
 * @param kind What is shared, for messages: "service connection".
 * @param defaults Name and description where a reference has none of its own.
 * @param others What else there is of its kind.
 * @param taken The refusal of a name that another one has.
 */
export function shareWith(
  organization: Organization,
  kind: string,
  references: ProjectReferenceInput[],
  defaults: { name: string; description?: string | null },
  others: Shared[],
  taken: (name: string) => Error,
): SharedProject[] {
  return references.map(({ projectReference, name = defaults.name, description = defaults.description }) => {
    const { id } = findProject(organization, projectReference.id ?? projectReference.name ?? "");
    checkDisplayName(kind, name);
    if (others.some(({ projects }) => projects.some((project) => project.id === id && sameName(project.name, name)))) {
      throw taken(name);
    }
    return { id, name, description: description ?? "" };
  });
}

/** The name and description that it has in a project; in its first one where no project asks. */
export function sharedAs({ projects }: Shared, projectId?: string): { name: string; description: string } {
  const { name, description } = projects.find(({ id }) => id === projectId) ??
    projects[0] ?? { name: "", description: "" };
  return { name, description };
}

/** The projects that it is shared with, as answers list them. */
export function projectReferences(organization: Organization, { projects }: Shared) {
  return projects.map(({ id, name, description }) => ({
    projectReference: { id, name: findProject(organization, id).name },
    name,
    description,
  }));
}

export function isSharedWith({ projects }: Shared, projectId: string): boolean {
  return projects.some(({ id }) => id === projectId);
}

/**
 * Takes it away from projects, with the permissions of their pipelines to use it and the checks on it; when none is left,
 * it is gone.
 *
 * @param projectIds Comma separated names or ids, as the query has them.
 */
export function unshare<T extends Shared & { id: string | number }>(
  organization: Organization,
  resourceType: string,
  all: T[],
  item: T,
  projectIds: string | undefined,
): void {
  if (!projectIds) throw invalidArgument("Value cannot be null.\r\nParameter name: projectIds");
  const leaving = projectIds.split(",").map((id) => findProject(organization, id.trim()).id);
  item.projects = item.projects.filter(({ id }) => !leaving.includes(id));
  if (item.projects.length === 0) all.splice(all.indexOf(item), 1);
  const isOther = (about: { resourceType: string; resourceId: string; projectId: string }) =>
    about.resourceType !== resourceType || about.resourceId !== String(item.id) || !leaving.includes(about.projectId);
  organization.state.permissions = organization.state.permissions.filter(isOther);
  organization.state.checks = organization.state.checks.filter(isOther);
}
