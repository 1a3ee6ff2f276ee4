/** A scope of an access token for Azure DevOps. */
export interface TokenScope {
  /** As the API's reference has it under "Security": https://learn.microsoft.com/rest/api/azure/devops/ */
  id: string;
  /** As the page has it where tokens are made. */
  name: string;
}

/** The scopes that the program and its commands need: docs/permissions.md lists these, and the local cloud gives no others. */
export const tokenScopes = {
  build: { id: "vso.build_execute", name: "Build (read & execute)" },
  code: { id: "vso.code", name: "Code (read)" },
  pipelineResources: { id: "vso.pipelineresources_manage", name: "Pipeline Resources (use & manage)" },
  project: { id: "vso.project", name: "Project and Team (read)" },
  connections: { id: "vso.serviceendpoint_manage", name: "Service Connections (read, query & manage)" },
  tests: { id: "vso.test", name: "Test Management (read)" },
  // The azuredevops provider looks up a project's process as well: "PAT Permissions Required" of its `azuredevops_project`.
  work: { id: "vso.work", name: "Work Items (read)" },
} as const satisfies Record<string, TokenScope>;

/** Those that the setting `infrastructurePipeline` needs besides: the policy on the branch, and the variable group. */
export const infrastructureTokenScopes = {
  code: { id: "vso.code_write", name: "Code (read & write)" },
  variableGroups: { id: "vso.variablegroups_read", name: "Variable Groups (read)" },
} as const satisfies Record<string, TokenScope>;
