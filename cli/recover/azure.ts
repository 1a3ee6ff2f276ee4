import { z } from "zod";
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

/**
 * Takes into the state what may have been made in Azure without the stack knowing. That is what would be created next
 * in a resource group that the stack owns, and so nobody else's. Nothing else: a resource group that exists may be
 * anybody's, and is named only. Whether something exists is for a refresh to say, which takes away what does not.
 */
export async function adopt({ say }: Context, state: State, planned: StateResource[]): Promise<void> {
  const groups = new Map(
    state.resources.flatMap(({ type, id, inputs }) =>
      type === groupType && id ? [[String(inputs?.resourceGroupName), id]] : [],
    ),
  );
  const adopted: StateResource[] = [];
  for (const resource of planned) {
    const input = text.parse(resource.inputs ?? {});
    const path = paths[resource.type]?.(input);
    const group = groups.get(input("resourceGroupName"));
    if (path !== undefined && group !== undefined) adopted.push({ ...resource, id: `${group}/providers/${path}` });
    if (resource.type === groupType) {
      say(
        `If the resource group ${input("resourceGroupName")} exists already and is this stack's: ` +
          `pulumi import ${groupType} ${resource.urn.split("::").at(-1)} <its id>`,
      );
    }
  }
  if (adopted.length > 0) await state.add(adopted);
}
