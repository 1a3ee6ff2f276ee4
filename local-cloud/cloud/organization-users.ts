import { deployments, type Member, previews } from "../azuredevops/members";
import { deployer, previewer } from "./identity";

/** The service principals that are users of the local Azure DevOps, by their object ids. */
export const organizationUsers: ReadonlyMap<string, Member> = new Map([
  [deployer.objectId, deployments],
  [previewer.objectId, previews],
]);
