import { repositoryNameRule } from "./names";
import type { PermissionMode } from "./words";

/** What an identity may do with images: push includes pull. */
export type ImageAccess = "pull" | "push";

/** What a role assignment says of its role. */
export interface RegistryRole {
  /** ARM id of the role's definition. */
  roleDefinitionId: string;
  /** Limits the role to repositories; not in a registry whose permissions are the whole registry's. */
  condition?: string;
  conditionVersion?: string;
}

/**
 * The built-in roles that a registry honours in each of its permission modes: AcrPull and AcrPush, or Container Registry
 * Repository Reader and Writer where permissions are by repository.
 * https://learn.microsoft.com/azure/container-registry/container-registry-rbac-built-in-roles-overview
 */
const roles: Record<PermissionMode, Record<ImageAccess, string>> = {
  LegacyRegistryPermissions: {
    pull: "7f951dda-4ed3-4680-a7ca-43fe172d538d",
    push: "8311e382-0749-4cb8-b61a-304f252e45ec",
  },
  AbacRepositoryPermissions: {
    pull: "b93aa761-3e63-49ed-ac28-beffa264f7ac",
    push: "2a1e307c-b015-4ebd-883e-5b7698a07328",
  },
};

/** The repository roles' data actions: Azure asks a condition about each of them. */
const verbs: Record<ImageAccess, ("read" | "write")[]> = { pull: ["read"], push: ["read", "write"] };

/**
 * The role that lets an identity pull or push the images of one repository and of those below it, which are its
 * branches'. A registry in the mode LegacyRegistryPermissions cannot tell repositories apart: there it is the registry's.
 *
 * @param alsoPulled another repository, whose images it lets pull besides: that one alone, and none below it
 * @throws Error if a repository's name breaks the rules: it becomes a part of the condition
 */
export function registryRole(
  mode: PermissionMode,
  access: ImageAccess,
  repository: string,
  subscriptionId: string,
  alsoPulled?: string,
): RegistryRole {
  const roleDefinitionId = `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${roles[mode][access]}`;
  if (mode === "LegacyRegistryPermissions") return { roleDefinitionId };
  return { roleDefinitionId, condition: repositoryCondition(access, repository, alsoPulled), conditionVersion: "2.0" };
}

/**
 * A condition of Azure's: for all that is not an action on repositories it is true, and for those it asks the name.
 * https://learn.microsoft.com/azure/container-registry/container-registry-rbac-abac-repository-permissions
 */
function repositoryCondition(access: ImageAccess, repository: string, alsoPulled?: string): string {
  const own = [nameIs(repository), nameIsBelow(repository)];
  if (alsoPulled === undefined) return block(verbs[access], own);
  // A request is about one action, so that each block decides about its own.
  const blocks = verbs[access].map((verb) => block([verb], verb === "read" ? [...own, nameIs(alsoPulled)] : own));
  return blocks.join(" AND ");
}

const resource = "Microsoft.ContainerRegistry/registries/repositories";
const name = `@Request[${resource}:name]`;

function block(actions: ("read" | "write")[], names: string[]): string {
  const others = ["content", "metadata"]
    .flatMap((part) => actions.map((verb) => `!(ActionMatches{'${resource}/${part}/${verb}'})`))
    .join(" AND ");
  return `((${others}) OR (${names.join(" OR ")}))`;
}

function nameIs(repository: string): string {
  if (!repositoryNameRule.pattern.test(repository)) {
    throw new Error(`the repository ${JSON.stringify(repository)} must be ${repositoryNameRule.text}`);
  }
  return `${name} StringEqualsIgnoreCase '${repository}'`;
}

/** With the slash: without it, repositories whose names only begin like this one would be meant as well. */
function nameIsBelow(repository: string): string {
  return `${name} StringStartsWithIgnoreCase '${repository}/'`;
}
