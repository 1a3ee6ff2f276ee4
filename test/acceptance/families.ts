/** Tests of the provider about one thing. Their names are without `TestAcc`, with which all of them begin. */
export interface Family {
  name: string;
  /** The tests that have to pass. */
  passing: string[];
  /** Those that are known to fail, and why. */
  failing: Record<string, string>;
}

const classic = "it makes a classic pipeline, and the local cloud has YAML pipelines only";
const imports = "it imports a repository from the internet, and the local cloud has no imports";
const unchecked = "the local cloud has checks only where its runs are asked for them: connections and variable groups";
const validation = "it has Azure try the credentials, and the local cloud asks nobody";

/** The families of what this project's program, and what it may stand on, uses of Azure DevOps. */
export const families: Family[] = [
  {
    name: "projects",
    passing: [
      "ProjectFeatures_EnableUpdateFeature",
      "Project_basic",
      "Project_dataSource_withID",
      "Project_dataSource_withName",
      "Project_features",
      "Project_importByName",
      "Project_update",
      "Projects_DataSource_EmptyResult",
      "Projects_DataSource_SingleProject",
    ],
    failing: {
      Project_requireImportError: "the message that it expects has two spaces where the provider writes one",
    },
  },
  {
    name: "agent pools and queues",
    passing: [
      "AgentPoolDataSource_basic",
      "AgentPool_basic",
      "AgentPool_requiresImportErrorStep",
      "AgentPool_update",
      "AgentPoolsDataSource_Basic",
      "AgentQueueDataSource_Basic",
      "ResourceAgentQueue_basedOnPool",
      "ResourceAgentQueue_basic",
    ],
    failing: {},
  },
  {
    name: "environments",
    passing: ["Environment_CreateAndUpdate", "Environment_dataSource", "Environment_dataSource_by_name"],
    failing: {},
  },
  {
    name: "connections: container registries",
    passing: [
      "ServiceEndpointAzureCR_dataSource",
      "ServiceEndpointAzureCR_spn_basic",
      "ServiceEndpointAzureCR_spn_update",
      "ServiceEndpointAzureCR_workLoadIdentity_basic",
      "ServiceEndpointAzureCR_workLoadIdentity_update",
      "ServiceEndpointDockerRegistry_CreateAndUpdate",
      "ServiceEndpointDockerRegistry_data_withID",
      "ServiceEndpointDockerRegistry_data_withName",
    ],
    failing: {},
  },
  {
    name: "connections: Azure",
    passing: [
      "ServiceEndpointAzureRM_dataSource_with_serviceEndpointID",
      "ServiceEndpointAzureRM_dataSource_with_serviceEndpointName",
      "ServiceEndpointAzureRm_AutomaticCreateAndUpdate",
      "ServiceEndpointAzureRm_CreateAndUpdate",
      "ServiceEndpointAzureRm_ManagedServiceIdentity_CreateAndUpdate",
      "ServiceEndpointAzureRm_MgmtGrpCreateAndUpdate",
      "ServiceEndpointAzureRm_WorkloadFederation_Automatic_CreateAndUpdate",
      "ServiceEndpointAzureRm_WorkloadFederation_Manual_CreateAndUpdate",
      "ServiceEndpointAzureRm_azureStack",
    ],
    failing: {
      ServiceEndpointAzureRM_dataSource_with_WorkloadIdentityFederation:
        "it expects Azure DevOps as the issuer, as connections had it before Entra ID",
      ServiceEndpointAzureRm_CreateAndUpdate_WithValidate: validation,
      ServiceEndpointAzureRm_Create_WithValidate: validation,
    },
  },
  {
    name: "connections: GitHub",
    passing: [
      "ServiceEndpointGitHub_CreateAndUpdate",
      "ServiceEndpointGitHub_OauthBasic",
      "ServiceEndpointGitHub_OauthUpdate",
      "ServiceEndpointGitHub_PersonalTokenBasic",
      "ServiceEndpointGitHub_PersonalTokenUpdate",
      "ServiceEndpointGitHub_dataSource_with_serviceEndpointID",
      "ServiceEndpointGitHub_dataSource_with_serviceEndpointName_DataSource",
    ],
    failing: {},
  },
  {
    name: "connections: generic and Git",
    passing: [
      "ServiceEndpointGenericGit_RequiresImportErrorStep",
      "ServiceEndpointGenericGit_basic",
      "ServiceEndpointGenericGit_complete",
      "ServiceEndpointGenericGit_update",
      "ServiceEndpointGeneric_basic",
      "ServiceEndpointGeneric_complete",
      "ServiceEndpointGeneric_requiresImportErrorStep",
      "ServiceEndpointGeneric_update",
    ],
    failing: {},
  },
  {
    name: "variable groups",
    passing: [
      "VariableGroupDataSource_Basic",
      "VariableGroupVariable_ForEach_ConcurrentCreate",
      "VariableGroupVariable_basic",
      "VariableGroupVariable_secret",
      "VariableGroup_basic",
      "VariableGroup_secretValue",
      "VariableGroup_update",
    ],
    failing: {
      VariableGroupDataSource_KeyVault: "the provider skips it",
      VariableGroup_keyVault_basic: "it needs a key vault in Azure",
    },
  },
  {
    name: "branch policies",
    passing: ["BranchPolicyBuildValidation_basic"],
    failing: {},
  },
  {
    name: "build definitions",
    passing: [
      "BuildDefinition_DataSource",
      "BuildDefinition_basic",
      "BuildDefinition_buildCompletionTrigger",
      "BuildDefinition_pathUpdate",
      "BuildDefinition_schedules",
      "BuildDefinition_withVariables",
      "BuildDefinition_with_path_DataSource",
    ],
    failing: {
      BuildDefinition_otherGitRepositoryAgentJob_basic: classic,
      BuildDefinition_otherGitRepositoryAgentJob_complete: classic,
      BuildDefinition_otherGitRepositoryAgentJob_multiAgent: classic,
      BuildDefinition_otherGitRepositoryAgentJob_multiConfiguration: classic,
      BuildDefinition_otherGitRepositoryAgentJob_update: classic,
      BuildDefinition_otherGitRepositoryAgentlessJob_basic: classic,
      BuildDefinition_otherGitRepositoryAgentlessJob_complete: classic,
      BuildDefinition_otherGitRepositoryAgentlessJob_multiConfiguration: classic,
      BuildDefinition_otherGitRepositoryAgentlessJob_update: classic,
    },
  },
  {
    name: "pipeline permissions",
    passing: [
      "PipelineAuthorization_allPipelineWithPipeline_queue",
      "PipelineAuthorization_allPipeline_endpoint",
      "PipelineAuthorization_allPipeline_environment",
      "PipelineAuthorization_allPipeline_queue",
      "PipelineAuthorization_allPipeline_repository",
      "PipelineAuthorization_allPipeline_variableGroup",
      "PipelineAuthorization_multiPipeline_queue",
      "PipelineAuthorization_pipeline_cross_project_repository",
      "PipelineAuthorization_pipeline_endpoint",
      "PipelineAuthorization_pipeline_environment",
      "PipelineAuthorization_pipeline_queue",
      "PipelineAuthorization_pipeline_repository",
      "PipelineAuthorization_pipeline_variableGroup",
      "PipelineAuthorization_queue_import",
      "ResourceAuthorization_CRUD",
    ],
    failing: {
      ResourceAuthorization_Definition_CRUD:
        "it looks for a permission that was taken away, and the local cloud forgets those",
    },
  },
  {
    name: "checks: branch control",
    passing: [
      "CheckBranchControl_basic",
      "CheckBranchControl_complete",
      "CheckBranchControl_update",
      "CheckEndpoint",
      "CheckVariableGroup",
    ],
    failing: {
      CheckEnvironment: unchecked,
      CheckQueue: unchecked,
      CheckRepo: unchecked,
    },
  },
  {
    name: "Git repositories",
    passing: [
      "GitRepoBranch_fromBranch",
      "GitRepoBranch_fromCommit",
      "GitRepoBranch_invalidRef",
      "GitRepoBranch_requireImportError",
      "GitRepoFile_basic",
      "GitRepoFile_incorrectBranch",
      "GitRepoFile_update",
      "GitRepositoryFile_DataSource",
      "GitRepositoryFile_DataSource_notExist",
      "GitRepository_DataSource",
      "GitRepository_DataSource_notExist",
      "GitRepository_disabled",
      "GitRepository_disabledCannotUpdate",
      "GitRepository_import_by_name",
      "GitRepository_incorrectInitialization",
      "GitRepository_initializationClean",
      "GitRepository_uninitialized",
      "GitRepository_withDefaultBranch",
      "TfsGitRepositories_DataSource_Basic",
      "TfsGitRepositories_DataSource_all",
    ],
    failing: {
      GitRepository_importGitRepository: imports,
      GitRepository_privateImportServiceEndpointBranchNotEmpty: imports,
      GitRepository_privateUserNamePasswordImportBranchNotEmpty: imports,
      GitRepository_forkBranchNotEmpty: "it makes a fork, and the local cloud has none",
      GitRepository_update: "it expects an address for SSH, and the local cloud does not speak Git's protocol",
      GitRepoFile_complete: "commits are by the local operator, whoever is said to be their author",
      GitRepoFile_authorEmailPolicy: "it makes a policy for a repository, and the local cloud has build policies only",
    },
  },
];

export function testsOf({ passing, failing }: Family): string[] {
  return [...passing, ...Object.keys(failing)];
}
