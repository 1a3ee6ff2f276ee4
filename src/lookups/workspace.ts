import * as machinelearningservices from "@pulumi/azure-native/machinelearningservices";
import { lookUp } from "./look-up";

/** Where an Azure ML workspace is. */
export interface WorkspacePlace {
  /** Its name. */
  workspace: string;
  /** Its resource group. */
  resourceGroup: string;
}

/**
 * Finds an Azure ML workspace in the stack's subscription.
 *
 * @param setting the setting that names it
 * @throws UserError if it does not exist
 */
export function findWorkspace(
  { workspace, resourceGroup }: WorkspacePlace,
  setting: string,
): Promise<machinelearningservices.GetWorkspaceResult> {
  return lookUp(
    `the Azure ML workspace "${workspace}" in resource group "${resourceGroup}"`,
    setting,
    machinelearningservices.getWorkspace({ workspaceName: workspace, resourceGroupName: resourceGroup }),
  );
}
