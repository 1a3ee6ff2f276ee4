import * as machinelearningservices from "@pulumi/azure-native/machinelearningservices";
import { type LookupContext, nameOf, through } from "./context";
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
 * @param setting what names it, for example `registry`
 * @throws UserError if it does not exist
 */
export function findWorkspace(
  { workspace, resourceGroup }: WorkspacePlace,
  setting: string,
  context: LookupContext = {},
): Promise<machinelearningservices.GetWorkspaceResult> {
  return lookUp(
    `the Azure ML workspace "${workspace}" in resource group "${resourceGroup}"`,
    nameOf(context, setting),
    machinelearningservices.getWorkspace(
      { workspaceName: workspace, resourceGroupName: resourceGroup },
      through(context, "azure-native"),
    ),
  );
}
