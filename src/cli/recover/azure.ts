import * as z from "zod";
import type { Context } from "../env/context";
import type { State, StateResource } from "../env/state";

const text = z.record(z.string(), z.unknown()).transform((inputs) => (key: string) => String(inputs[key] ?? ""));

/** Where a resource is in its resource group, by Pulumi's types. All of these have names that settings give. */
const paths: Record<string, (input: (key: string) => string) => string> = {
  "azure-native:containerregistry:Registry": (input) =>
    `Microsoft.ContainerRegistry/registries/${input("registryName")}`,
  "azure-native:managedidentity:UserAssignedIdentity": (input) =>
    `Microsoft.ManagedIdentity/userAssignedIdentities/${input("resourceName")}`,
  "azure-native:managedidentity:FederatedIdentityCredential": (input) =>
    `Microsoft.ManagedIdentity/userAssignedIdentities/${input("resourceName")}/federatedIdentityCredentials/${input("federatedIdentityCredentialResourceName")}`,
};

const groupType = "azure-native:resources:ResourceGroup";
const roleType = "azure-native:authorization:RoleAssignment";

/**
 * Takes into the state what may have been made in Azure without the stack knowing. That is what was begun, or would be
 * created next, in a resource group that the stack owns, and so nobody else's; and a role assignment, whose name follows
 * from the identity that it is for. A resource group that exists may be anybody's, and is taken only if a person says so.
 * Whether something exists is for a refresh to say, which takes away what does not.
 *
 * @param ownGroup name of a resource group that a person says is the stack's
 * @param others what is in the base environment's stack, in whose resource group that of a branch has what is its own
 * @returns the URNs of what was taken
 */
export async function adopt(
  { say }: Context,
  state: State,
  candidates: StateResource[],
  ownGroup: string | undefined,
  others: StateResource[] = [],
): Promise<string[]> {
  const groups = new Map(
    [...state.resources, ...others].flatMap(({ type, id, inputs }) =>
      type === groupType && id ? [[String(inputs?.resourceGroupName), id]] : [],
    ),
  );
  const known = new Set(state.resources.map(({ urn }) => urn));
  const adopted: StateResource[] = [];
  for (const resource of candidates) {
    const id = known.has(resource.urn) ? undefined : idOf(resource);
    if (id === undefined) continue;
    known.add(resource.urn);
    adopted.push({ ...resource, id });
  }
  if (adopted.length > 0) await state.add(adopted);
  return adopted.map(({ urn }) => urn);

  function idOf({ type, inputs = {} }: StateResource): string | undefined {
    const input = text.parse(inputs);
    if (type === roleType) {
      // What it is about may not exist yet.
      if (!input("scope").startsWith("/")) return undefined;
      return `${input("scope")}/providers/Microsoft.Authorization/roleAssignments/${input("roleAssignmentName")}`;
    }
    const name = input("resourceGroupName");
    if (type === groupType) return idOfGroup(name);
    const path = paths[type]?.(input);
    const group = groups.get(name);
    return path !== undefined && group !== undefined ? `${group}/providers/${path}` : undefined;
  }

  function idOfGroup(name: string): string | undefined {
    if (name !== ownGroup) {
      say(`If there is a resource group ${name} already, and it is this stack's: add --resource-group ${name}`);
      return undefined;
    }
    const subscription = candidates.flatMap(({ inputs }) => inputs?.azurecrSubscriptionId ?? [])[0];
    const id = `/subscriptions/${subscription}/resourceGroups/${name}`;
    groups.set(name, id);
    return id;
  }
}
