import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as machinelearningservices from "@pulumi/azure-native/machinelearningservices";
import { UserError } from "../common/errors";
import { lookUp } from "./look-up";

/** Where a registry is that exists: by its own name, or as the one of an Azure ML workspace. */
export type RegistryPlace =
  | {
      kind: "workspace";
      /** Name of the Azure ML workspace whose registry it is. */
      workspace: string;
      /** The workspace's resource group. */
      resourceGroup: string;
    }
  | {
      kind: "existing";
      /** The registry's name. */
      name: string;
      /** The registry's resource group. */
      resourceGroup: string;
    };

/** A registry that exists, as it was found. */
export interface ExistingRegistry {
  kind: "existing";
  /** ARM resource id. */
  id: string;
  name: string;
  resourceGroup: string;
  /** Host name that images are pushed to and pulled from. */
  loginServer: string;
}

/**
 * Finds a registry that exists.
 *
 * @throws UserError if the workspace or the registry does not exist, or the workspace has no registry yet
 */
export async function findRegistry(place: RegistryPlace): Promise<ExistingRegistry> {
  return getRegistry(place.kind === "workspace" ? await findWorkspaceRegistry(place) : place);
}

async function getRegistry({ name, resourceGroup }: RegistryLocation): Promise<ExistingRegistry> {
  const { id, loginServer } = await lookUp(
    `the container registry "${name}" in resource group "${resourceGroup}"`,
    "registry",
    containerregistry.getRegistry({ registryName: name, resourceGroupName: resourceGroup }),
  );
  return { kind: "existing", id, name, resourceGroup, loginServer };
}

async function findWorkspaceRegistry({
  workspace,
  resourceGroup,
}: Extract<RegistryPlace, { kind: "workspace" }>): Promise<RegistryLocation> {
  const { containerRegistry } = await lookUp(
    `the Azure ML workspace "${workspace}" in resource group "${resourceGroup}"`,
    "registry",
    machinelearningservices.getWorkspace({ workspaceName: workspace, resourceGroupName: resourceGroup }),
  );
  if (!containerRegistry) {
    throw new UserError(
      `the Azure ML workspace "${workspace}" (setting registry.workspace) has no container registry yet: ` +
        "a workspace makes its registry when it first builds an environment. Build one in the workspace, give it a " +
        'registry (az ml workspace update --container-registry …), or set registry.kind to "new" or "existing".',
    );
  }
  return parseRegistryId(containerRegistry);
}

interface RegistryLocation {
  name: string;
  resourceGroup: string;
}

/** Takes `/subscriptions/…/resourceGroups/<group>/providers/Microsoft.ContainerRegistry/registries/<name>` apart. */
function parseRegistryId(id: string): RegistryLocation {
  const [, resourceGroup, name] = /\/resourceGroups\/([^/]+)\/.*\/registries\/([^/]+)$/i.exec(id) ?? [];
  if (!resourceGroup || !name) throw new UserError(`"${id}" is not the resource id of a container registry`);
  return { name, resourceGroup };
}
