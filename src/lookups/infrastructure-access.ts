import * as azuredevops from "@pulumi/azuredevops";
import { UserError } from "../common/errors";
import { type LookupContext, nameOf, through } from "./context";
import { lookUp } from "./look-up";

/** What the infrastructure pipeline may use: made by the team. This program only says who may use it. */
export interface InfrastructureAccess {
  /** The service connection to Azure that it deploys through. */
  connection: FoundConnection;
  /** The one that it previews pull requests through, whose identity can only read. */
  previewConnection: FoundConnection;
  /** The variable group with what the state's backend needs. */
  variableGroup?: FoundVariableGroup;
  /** The one that previews have instead. */
  previewVariableGroup?: FoundVariableGroup;
}

/** A variable group that exists. */
export interface FoundVariableGroup {
  /** A number. */
  id: string;
}

/** A service connection that exists. */
export interface FoundConnection {
  /** A GUID. */
  id: string;
  /** By which pipelines name it. */
  name: string;
}

/** Names of what the infrastructure pipeline may use, as the setting `infrastructurePipeline` has them. */
export interface InfrastructureNames {
  /** Of the service connection that it deploys through. */
  azureConnection: string;
  /** Of the one that it previews pull requests through. */
  previewConnection: string;
  /** Of the variable group with what the state's backend needs. Default: none. */
  variableGroup?: string;
  /** Of the one that previews have instead. Default: none. */
  previewVariableGroup?: string;
}

/**
 * Finds the service connections and the variable groups of the infrastructure pipeline.
 *
 * @throws UserError if one of them does not exist, a connection has a secret, or both sign in as the same identity
 */
export async function findInfrastructureAccess(
  projectId: string,
  names: InfrastructureNames,
  context: LookupContext = {},
): Promise<InfrastructureAccess> {
  const [deploys, previews, variableGroup, previewVariableGroup] = await Promise.all([
    findConnection(projectId, "azureConnection", names.azureConnection, context),
    findConnection(projectId, "previewConnection", names.previewConnection, context),
    findVariableGroup(projectId, "variableGroup", names.variableGroup, context),
    findVariableGroup(projectId, "previewVariableGroup", names.previewVariableGroup, context),
  ]);
  // Who may only view a connection may not be told.
  if (deploys.identity !== "" && deploys.identity === previews.identity) {
    throw new UserError(
      `the service connections ${JSON.stringify(names.azureConnection)} and ${JSON.stringify(names.previewConnection)} ` +
        `(${nameOf(context, "infrastructurePipeline")}) both sign in as the identity ${deploys.identity}, so that a preview could do all that a ` +
        "deployment can. Give the second one an identity that can only read.",
    );
  }
  return {
    connection: deploys.connection,
    previewConnection: previews.connection,
    ...(variableGroup && { variableGroup }),
    ...(previewVariableGroup && { previewVariableGroup }),
  };
}

async function findConnection(
  projectId: string,
  setting: "azureConnection" | "previewConnection",
  name: string,
  context: LookupContext,
): Promise<{ connection: FoundConnection; identity: string }> {
  const found = await lookUp(
    `the Azure Resource Manager service connection "${name}"`,
    nameOf(context, `infrastructurePipeline.${setting}`),
    azuredevops.getServiceEndpointAzureRM({ projectId, serviceEndpointName: name }, through(context, "azuredevops")),
  );
  const scheme = found.serviceEndpointAuthenticationScheme;
  if (scheme.toLowerCase() !== "workloadidentityfederation") {
    throw new UserError(
      `the service connection "${name}" (${nameOf(context, `infrastructurePipeline.${setting}`)}) signs in to Azure by ` +
        `${scheme}. Convert it to workload identity federation, which needs no secret, or name another one.`,
    );
  }
  return { connection: { id: found.serviceEndpointId, name }, identity: found.servicePrincipalId.toLowerCase() };
}

async function findVariableGroup(
  projectId: string,
  setting: "variableGroup" | "previewVariableGroup",
  name: string | undefined,
  context: LookupContext,
): Promise<{ id: string } | undefined> {
  if (name === undefined) return undefined;
  const { id } = await lookUp(
    `the variable group "${name}"`,
    nameOf(context, `infrastructurePipeline.${setting}`),
    azuredevops.getVariableGroup({ projectId, name }, through(context, "azuredevops")),
  );
  return { id };
}
