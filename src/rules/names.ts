/**
 * The rules that Azure and the registries have for names, each as a pattern and the sentence that explains it, so that
 * a wrong name is refused here, with the reason, and not by a service after half of the stack exists.
 */
export interface NameRule {
  /** Matches exactly the names that the service accepts. */
  pattern: RegExp;
  /** Completes "… must be": what a name may consist of. */
  text: string;
}

/** Container registry: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules */
export const registryNameRule: NameRule = {
  pattern: /^[a-zA-Z0-9]{5,50}$/,
  text: "5 to 50 letters and digits",
};

/** Resource group: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules */
export const resourceGroupNameRule: NameRule = {
  pattern: /^[\p{L}\p{N}_().-]{0,89}[\p{L}\p{N}_()-]$/u,
  text: "1 to 90 letters, digits, '_', '(', ')', '.' and '-', not ending in '.'",
};

/** Azure ML workspace: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules */
export const workspaceNameRule: NameRule = {
  pattern: /^[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}$/,
  text: "3 to 33 letters, digits, '_' and '-', starting with a letter or digit",
};

/**
 * Azure ML environment. Names that begin with AzureML or Microsoft are kept for Microsoft's own:
 * https://learn.microsoft.com/azure/machine-learning/how-to-manage-environments-v2
 * That of a branch has the branch environment's name behind it, for which there is room.
 */
export const azureMlEnvironmentNameRule: NameRule = {
  pattern: /^(?!azureml|microsoft)[a-zA-Z0-9][a-zA-Z0-9_.-]{0,189}$/i,
  text: "1 to 190 letters, digits, '_', '.' and '-', starting with a letter or digit, and not with AzureML or Microsoft",
};

/** Repository in a registry: https://github.com/distribution/reference (path components, 255 characters in all). */
export const repositoryNameRule: NameRule = {
  pattern: /^(?=.{1,255}$)[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/,
  text: "lower-case letters and digits, with single '.', '_', '-' or '/' between them, at most 255 characters",
};

/** Tag: https://github.com/distribution/reference */
export const tagRule: NameRule = {
  pattern: /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/,
  text: "at most 128 letters, digits, '_', '.' and '-', not starting with '.' or '-'",
};

/**
 * Service connection. It becomes part of the managed identity's name as well, which is the narrower rule:
 * https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
 */
export const serviceConnectionNameRule: NameRule = {
  pattern: /^[a-zA-Z0-9][a-zA-Z0-9_-]{2,119}$/,
  text: "3 to 120 letters, digits, '_' and '-', starting with a letter or digit",
};

/** Folder of pipeline definitions: https://learn.microsoft.com/azure/devops/organizations/settings/naming-restrictions */
export const pipelineFolderRule: NameRule = {
  pattern: /^\\(?:[^\\/:*?"<>|;#$@&%+\p{Cc}]+(?:\\[^\\/:*?"<>|;#$@&%+\p{Cc}]+)*)?$/u,
  text: "'\\' or a path such as '\\ml\\job container', without / : * ? \" < > | ; # $ @ & % +",
};

/**
 * Pipeline definition. The service takes up to 260 characters; those of a branch environment have its name behind theirs:
 * https://learn.microsoft.com/azure/devops/organizations/settings/naming-restrictions
 */
export const pipelineNameRule: NameRule = {
  pattern: /^(?!\s)[^"/:<>\\|*?@\p{Cc}]{1,190}(?<![.\s])$/u,
  text: "1 to 190 characters other than \" / : < > \\ | * ? @, not starting with a space, not ending in a space or '.'",
};

/**
 * Project and repository of Azure DevOps:
 * https://learn.microsoft.com/azure/devops/organizations/settings/naming-restrictions
 */
export const azureDevOpsNameRule: NameRule = {
  pattern: /^(?![_.\s])[^\\/:*?"<>|;#${},+=[\]\p{Cc}]{1,64}(?<![.\s])$/u,
  text: "1 to 64 characters other than \\ / : * ? \" < > | ; # $ { } , + = [ ], not starting with '_' or '.', not ending in '.'",
};

/** Branch, without the `refs/heads/` before it: https://git-scm.com/docs/git-check-ref-format */
export const branchRule: NameRule = {
  pattern: /^(?![-/.]|refs\/|@$)(?!.*(?:\.\.|\/[/.]|@\{|\.lock(?:\/|$)))[^\s~^:?*[\\\p{Cc}]+(?<![/.])$/u,
  text: "a branch as Git names it, without refs/heads/: for example main",
};

/** Region of Azure, by its name or its display name: `az account list-locations`. */
export const locationRule: NameRule = {
  pattern: /^[a-zA-Z][a-zA-Z\d]*(?: [a-zA-Z\d]+)*$/,
  text: "an Azure region, such as westeurope",
};

/**
 * Name of a branch environment. It becomes a component of the image's repository name, which is the narrowest rule, and
 * a part of the names of the stack and of the pipeline definitions.
 */
export const environmentNameRule: NameRule = {
  pattern: /^(?=.{1,60}$)[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/,
  text: "lower-case letters and digits, with single '.', '_' or '-' between them, at most 60 characters",
};

/** Stack: https://www.pulumi.com/docs/iac/concepts/stacks/#create-stack */
export const stackNameRule: NameRule = {
  pattern: /^(?!\.{1,2}$)[a-zA-Z0-9_.-]{1,100}$/,
  text: "at most 100 letters, digits, '_', '.' and '-'",
};

/** Stack, with the organization of Pulumi Cloud that it is in: `stackOwnerRegexp` in Pulumi's `backend/httpstate`. */
export const organizationStackNameRule: NameRule = {
  pattern: /^(?:[a-zA-Z0-9][a-zA-Z0-9_-]{1,38}[a-zA-Z0-9]\/)?(?!\.{1,2}$)[a-zA-Z0-9_.-]{1,100}$/,
  text: `${stackNameRule.text}, with the organization in Pulumi Cloud and a '/' before it if it is not the login's default`,
};

/** The variable on the model pipeline's definition that names the image, as its YAML does. */
export const imageVariable = "jobContainerImage";
