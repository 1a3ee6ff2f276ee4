import * as azuredevops from "@pulumi/azuredevops";
import { UserError } from "../common/errors";
import { lookUp } from "./look-up";

/** What the infrastructure pipeline may use: made by the team, and never changed by this program. */
export interface InfrastructureAccess {
  /** The service connection to Azure that it deploys through. */
  connection: { id: string; name: string };
  /** The variable group with what the state's backend needs. */
  variableGroup?: { id: string };
}

/**
 * Finds the service connection and the variable group of the infrastructure pipeline.
 *
 * @throws UserError if one of them does not exist, or the connection has a secret
 */
export async function findInfrastructureAccess(
  projectId: string,
  names: { azureConnection: string; variableGroup?: string },
): Promise<InfrastructureAccess> {
  const [connection, variableGroup] = await Promise.all([
    findConnection(projectId, names.azureConnection),
    names.variableGroup === undefined ? undefined : findVariableGroup(projectId, names.variableGroup),
  ]);
  return { connection, ...(variableGroup && { variableGroup }) };
}

async function findConnection(projectId: string, name: string): Promise<InfrastructureAccess["connection"]> {
  const found = await lookUp(
    `the Azure Resource Manager service connection "${name}"`,
    "infrastructurePipeline.azureConnection",
    azuredevops.getServiceEndpointAzureRM({ projectId, serviceEndpointName: name }),
  );
  const scheme = found.serviceEndpointAuthenticationScheme;
  if (scheme.toLowerCase() !== "workloadidentityfederation") {
    throw new UserError(
      `the service connection "${name}" (setting infrastructurePipeline.azureConnection) signs in to Azure by ` +
        `${scheme}. Convert it to workload identity federation, which needs no secret, or name another one.`,
    );
  }
  return { id: found.serviceEndpointId, name };
}

async function findVariableGroup(projectId: string, name: string): Promise<{ id: string }> {
  const { id } = await lookUp(
    `the variable group "${name}"`,
    "infrastructurePipeline.variableGroup",
    azuredevops.getVariableGroup({ projectId, name }),
  );
  return { id };
}
