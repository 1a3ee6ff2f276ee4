import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as machinelearningservices from "@pulumi/azure-native/machinelearningservices";
import type { ExistingRegistry, NewRegistry } from "../../components/container-registry";
import { UserError } from "../common/errors";
import { lookUp } from "./look-up";

/** Which registry holds the job container: a new one, the one of an Azure ML workspace, or one that exists. */
export type RegistrySource =
  | NewRegistry
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

/**
 * Finds the registry, unless it is a new one: then there is nothing to find.
 *
 * @throws UserError if the workspace or the registry does not exist, or the workspace has no registry yet
 */
export async function findRegistry(source: RegistrySource): Promise<NewRegistry | ExistingRegistry> {
  switch (source.kind) {
    case "new":
      return source;
    case "existing":
      return getRegistry(source);
    case "workspace":
      return getRegistry(await findWorkspaceRegistry(source));
  }
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
}: Extract<RegistrySource, { kind: "workspace" }>): Promise<RegistryLocation> {
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
