import type { FaultRule } from "../../local-cloud/faults/rule";
import type { Command, Condition } from "./support/world";

/** A moment of the lifecycle: one request, that a command makes. */
export interface Step {
  /** What it is for, to people. */
  name: string;
  command: Command;
  /** What has to be there before. */
  from: Condition;
  /** Whether the environment definition is changed before: then an image is built. */
  edit?: true;
  request: Pick<FaultRule, "service" | "method" | "path">;
  /** What a message about it has to name. */
  names: RegExp;
}

const registry = "registry:faultsacr";
const group = "resource[gG]roups/rg-job-container-faults";

/** Requests to change something: each can have been done, or not, when no answer comes. */
const changes = {
  resourceGroup: request("azure", "PUT", `${group}\\?`, /ResourceGroup/),
  containerRegistry: request("azure", "PUT", "registries/faultsacr\\?", /Registry/),
  identity: request("azure", "PUT", "userAssignedIdentities/[^/]+\\?", /UserAssignedIdentity/),
  role: request("azure", "PUT", "roleAssignments/", /RoleAssignment/),
  connection: request("azureDevOps", "POST", "_apis/serviceendpoint/endpoints", /ServiceEndpoint/),
  credential: request("azure", "PUT", "federatedIdentityCredentials/", /FederatedIdentityCredential/),
  signIn: request(registry, "POST", "/oauth2/exchange", /container registry|sign in/),
  layer: request(registry, "POST", "/blobs/uploads/", /Image/),
  manifest: request(registry, "PUT", "/manifests/", /Image/),
  definition: request("azureDevOps", "POST", "_apis/build/definitions", /BuildDefinition/),
  permission: request("azureDevOps", "PATCH", "pipeline[pP]ermissions", /PipelineAuthorization/),
};

/** Requests to read something. */
const reads = {
  projects: request("azureDevOps", "GET", "_apis/projects", /project/i),
  azureToken: request("azure", "POST", "/oauth2/v2.0/token", /Azure|azure-native|token/),
  baseImage: request("publicRegistry", undefined, "/manifests/", /base image|micromamba/),
  channel: request("channel", undefined, "repodata", /Image/),
  contract: request(registry, "GET", "/manifests/sha256", /image|BuildDefinition/i),
  branches: request("azureDevOps", "GET", "/refs", /branch|refs/i),
};

const deletions = {
  permission: request("azureDevOps", "PATCH", "pipeline[pP]ermissions", /PipelineAuthorization/),
  definition: request("azureDevOps", "DELETE", "_apis/build/definitions/", /BuildDefinition|definition/),
  connection: request("azureDevOps", "DELETE", "serviceendpoint/endpoints/", /ServiceEndpoint/),
  credential: request("azure", "DELETE", "federatedIdentityCredentials/", /FederatedIdentityCredential/),
  role: request("azure", "DELETE", "roleAssignments/", /RoleAssignment/),
  identity: request("azure", "DELETE", "userAssignedIdentities/[^/]+\\?", /UserAssignedIdentity/),
  containerRegistry: request("azure", "DELETE", "registries/faultsacr\\?", /Registry/),
  resourceGroup: request("azure", "DELETE", `${group}\\?`, /ResourceGroup/),
  repository: request(registry, "DELETE", "", /Stash|repository/),
};

/** Every step of the lifecycle at which there can be a fault. */
export const steps: Step[] = [
  step("preview", "base", "reads the project", reads.projects),
  step("preview", "base", "signs in to Azure", reads.azureToken),
  step("preview", "base", "finds the base image", reads.baseImage),

  step("up", "base", "update: fetches from the channel", reads.channel, true),
  step("up", "base", "update: pushes a layer", changes.layer, true),
  step("up", "base", "update: pushes the manifest", changes.manifest, true),
  step("up", "base", "update: checks the image", reads.contract, true),
  step(
    "up",
    "base",
    "update: changes the definition",
    request("azureDevOps", "PUT", "_apis/build/definitions/", /BuildDefinition/),
    true,
  ),

  step("branch up", "base", "reads the branches", reads.branches),
  step("branch up", "base", "signs in to the registry", changes.signIn),
  step("branch up", "base", "pushes the manifest", changes.manifest),
  step("branch up", "base", "creates a definition", changes.definition),
  step("branch up", "base", "gives a permission", changes.permission),

  step("branch destroy", "branch", "takes a permission", deletions.permission),
  step("branch destroy", "branch", "deletes a definition", deletions.definition),
  step("branch destroy", "branch", "deletes from the registry", deletions.repository),

  step("up", "nothing", "reads the project", reads.projects),
  step("up", "nothing", "signs in to Azure", reads.azureToken),
  step("up", "nothing", "finds the base image", reads.baseImage),
  step("up", "nothing", "creates the resource group", changes.resourceGroup),
  step("up", "nothing", "creates the registry", changes.containerRegistry),
  step("up", "nothing", "creates the identity", changes.identity),
  step("up", "nothing", "gives the role", changes.role),
  step("up", "nothing", "creates the service connection", changes.connection),
  step("up", "nothing", "creates the credential", changes.credential),
  step("up", "nothing", "signs in to the registry", changes.signIn),
  step("up", "nothing", "pushes a layer", changes.layer),
  step("up", "nothing", "pushes the manifest", changes.manifest),
  step("up", "nothing", "creates a definition", changes.definition),
  step("up", "nothing", "gives a permission", changes.permission),

  step("destroy", "base", "takes a permission", deletions.permission),
  step("destroy", "base", "deletes a definition", deletions.definition),
  step("destroy", "base", "deletes the service connection", deletions.connection),
  step("destroy", "base", "deletes the credential", deletions.credential),
  step("destroy", "base", "takes the role", deletions.role),
  step("destroy", "base", "deletes the identity", deletions.identity),
  step("destroy", "base", "deletes the registry", deletions.containerRegistry),
  step("destroy", "base", "deletes the resource group", deletions.resourceGroup),
];

type Request = Pick<Step, "request" | "names">;

function request(service: FaultRule["service"], method: string | undefined, path: string, names: RegExp): Request {
  return { request: { service, method, path }, names };
}

function step(command: Command, from: Condition, name: string, what: Request, edit?: true): Step {
  return { command, from, name, ...what, ...(edit && { edit }) };
}
