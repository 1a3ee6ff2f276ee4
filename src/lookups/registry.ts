import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../common/errors";
import { requireUsualServer } from "../rules/login-server";
import { type LookupContext, nameOf, through } from "./context";
import { lookUp } from "./look-up";
import { findWorkspace } from "./workspace";

/** Where a registry is that exists: by its own name, or as the one of an Azure ML workspace. */
export type RegistryPlace =
  | {
      /** An Azure ML workspace's. */
      kind: "workspace";
      /** Name of the Azure ML workspace whose registry it is. */
      workspace: string;
      /** The workspace's resource group. */
      resourceGroup: string;
    }
  | {
      /** One that has been made elsewhere. */
      kind: "existing";
      /** The registry's name. */
      name: string;
      /** The registry's resource group. */
      resourceGroup: string;
    };

/** A registry that exists, as it was found. */
export interface ExistingRegistry {
  /** It was found. */
  kind: "existing";
  /** ARM resource id. */
  id: string;
  /** Its name. */
  name: string;
  /** Its resource group. */
  resourceGroup: string;
  /** Host name that images are pushed to and pulled from. */
  loginServer: string;
  /** Id of the subscription that it is in, and Azure there. Default: the stack's own. */
  elsewhere?: {
    /** Id of the subscription. */
    subscriptionId: string;
    /** Azure in it. */
    provider: pulumi.ProviderResource;
  };
}

/**
 * Finds a registry that exists. A workspace's may be in another subscription than the workspace: its id says in which.
 *
 * @param subscriptionId the stack's
 * @throws UserError if the workspace or the registry does not exist, or the workspace has no registry yet
 */
export async function findRegistry(
  place: RegistryPlace,
  subscriptionId: string,
  context: LookupContext = {},
): Promise<ExistingRegistry> {
  if (place.kind === "existing") return getRegistry(place, context);
  const { subscriptionId: its, ...location } = await findWorkspaceRegistry(place, context);
  return getRegistry(location, context, elsewhereThan(subscriptionId, its, context));
}

async function getRegistry(
  { name, resourceGroup }: RegistryLocation,
  context: LookupContext,
  elsewhere?: ExistingRegistry["elsewhere"],
): Promise<ExistingRegistry> {
  const where = elsewhere ? ` of subscription "${elsewhere.subscriptionId}"` : "";
  const { id, loginServer, policies } = await lookUp(
    `the container registry "${name}" in resource group "${resourceGroup}"${where}`,
    nameOf(context, "registry"),
    containerregistry.getRegistry(
      { registryName: name, resourceGroupName: resourceGroup },
      elsewhere ? { provider: elsewhere.provider } : through(context, "azure-native"),
    ),
  );
  requireUsualServer(name, loginServer, nameOf(context, "registry"));
  if (policies?.azureADAuthenticationAsArmPolicy?.status === "disabled") {
    pulumi.log.warn(
      `the container registry "${name}" has the policy azureADAuthenticationAsArmPolicy disabled: it refuses the tokens for ` +
        "Azure Resource Manager with which pipelines' agents sign in through a service connection, so that runs can neither " +
        `pull nor push. To let them: az acr config authentication-as-arm update --registry ${name} --status enabled`,
    );
  }
  return { kind: "existing", id, name, resourceGroup, loginServer, ...(elsewhere && { elsewhere }) };
}

async function findWorkspaceRegistry(
  { workspace, resourceGroup }: Extract<RegistryPlace, { kind: "workspace" }>,
  context: LookupContext,
): Promise<RegistryLocation & { subscriptionId: string }> {
  const { containerRegistry } = await findWorkspace({ workspace, resourceGroup }, "registry", context);
  if (!containerRegistry) {
    throw new UserError(
      `the Azure ML workspace "${workspace}" (${nameOf(context, "registry.workspace")}) has no container registry yet: ` +
        "a workspace makes its registry when it first builds an environment. Build one in the workspace, give it a " +
        'registry (az ml workspace update --container-registry …), or set registry.kind to "new" or "existing".',
    );
  }
  return parseRegistryId(containerRegistry);
}

/**
 * A registry that is known already, with Azure where it is.
 *
 * @param subscriptionId the stack's
 */
export function knownRegistry(
  { id, loginServer }: { id: string; loginServer: string },
  subscriptionId: string,
  context: LookupContext = {},
): ExistingRegistry {
  const { subscriptionId: its, ...location } = parseRegistryId(id);
  const elsewhere = elsewhereThan(subscriptionId, its, context);
  return { kind: "existing", id, loginServer, ...location, ...(elsewhere && { elsewhere }) };
}

/** Azure in a registry's subscription, if that is not the stack's. */
function elsewhereThan(
  subscriptionId: string,
  its: string,
  { named = String, providers }: LookupContext,
): ExistingRegistry["elsewhere"] {
  // Azure compares ids without regard to case.
  if (its.toLowerCase() === subscriptionId.toLowerCase()) return undefined;
  if (providers?.["azure-native"]) {
    throw new UserError(
      `the container registry is in the subscription ${its}, and the azure-native provider that the program passes is of ` +
        `${subscriptionId}. How that one signs in nobody can read, to do the same in the other subscription: pass no ` +
        "provider, and set azure-native's settings in the stack's configuration.",
    );
  }
  // Loaded when it is needed: few workspaces have their registry elsewhere.
  const { azureIn }: typeof import("./other-subscription") = require("./other-subscription");
  return { subscriptionId: its, provider: azureIn(named("workspace-registry"), its) };
}

interface RegistryLocation {
  name: string;
  resourceGroup: string;
}

/** Takes `/subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.ContainerRegistry/registries/<name>` apart. */
function parseRegistryId(id: string): RegistryLocation & { subscriptionId: string } {
  const form = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/.*\/registries\/([^/]+)$/i;
  const [, subscriptionId, resourceGroup, name] = form.exec(id) ?? [];
  if (!subscriptionId || !resourceGroup || !name) {
    throw new UserError(`"${id}" is not the resource id of a container registry`);
  }
  return { subscriptionId, name, resourceGroup };
}
