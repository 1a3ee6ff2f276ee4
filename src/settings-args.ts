import type { Platform } from "./common/platforms";
import type { RepositorySource } from "./lookups/pipeline-source";
import type { RegistryPlace } from "./lookups/registry";
import type {
  ConnectionScheme,
  EnvironmentPolicy,
  PermissionMode,
  PublicNetworkAccess,
  RegistrySku,
} from "./rules/words";

/** A registry that the stack creates. */
export interface NewRegistry {
  /** The stack creates it. */
  kind: "new";
  /** Its name, unique in all of Azure: 5 to 50 letters and digits, for example `mlopsregistry`. */
  name: string;
  /** What it costs and can do. Default: `Basic`. */
  sku?: RegistrySku;
  /** Whether roles can be limited to repositories. Default: Azure's. */
  permissionMode?: PermissionMode;
  /** Days after which manifests without a tag are deleted, 0 to 365, for example `30`. Premium only. Default: never. */
  retentionDays?: number;
  /** Whether it can be reached from the internet: `Disabled` is for Premium only. Default: `Enabled`. */
  publicNetworkAccess?: PublicNetworkAccess;
}

/** The service connection to the registry, through which pipelines pull the image. */
export interface ServiceConnectionSettings {
  /** Its name, which the pipelines' YAML files have too. Default: `acrconnection`. */
  name?: string;
  /** How it signs in. Default: `workloadIdentityFederation`. */
  scheme?: ConnectionScheme;
  /**
   * Whether the image-build pipeline has a connection of its own to push, `<name>-push`. Default: true for a new stack;
   * a stack that is up with one connection for both keeps it. With a service principal it is false.
   */
  separatePush?: boolean;
}

/** One of the team's own pipelines, whose jobs run in the image. */
export interface ModelPipelineSetting {
  /** Path of its YAML file, for example `pipelines/train.yml`. */
  path: string;
  /** Name of its definition. Default: the image's name and the file's, for example `mlops-diabetes_regression-train`. */
  name?: string;
  /** Folder of its definition, for example `\ml`. Default: `pipelineFolder`. */
  folder?: string;
  /** A definition that exists, by its id or its path (`\ml\ci`). Default: one is made. */
  adopt?: number | string;
}

/** The pipeline that previews a program on pull requests, deploys it, and sweeps branch environments. */
export interface InfrastructurePipelineSettings {
  /** Path of its YAML file. Default: `pipelines/infrastructure.yml`. */
  path?: string;
  /** Name of the service connection to Azure that it deploys through, for example `azure-mlops`. It has to be set. */
  azureConnection?: string;
  /**
   * Name of the one that it previews pull requests through, whose identity can only read, for example
   * `azure-mlops-preview`. It has to be set.
   */
  previewConnection?: string;
  /**
   * Name of the variable group with what the state's backend needs, for deployments, for example
   * `job-container-deploy`. Default: none.
   */
  variableGroup?: string;
  /** Name of the variable group that previews have instead. Default: none. */
  previewVariableGroup?: string;
}

/** The environment in an Azure ML workspace that has the same image: jobs there run in it as well. */
export interface AzureMlEnvironmentSetting {
  /** Name of the environment, for example `diabetes_regression`. It has to be set. */
  name?: string;
  /** Name of the workspace. Default: the one whose registry it is. */
  workspace?: string;
  /** The workspace's resource group. Default: that of the one whose registry it is. */
  resourceGroup?: string;
}

/** How branch environments are made: the command `job-container env` reads it. */
export interface BranchesSettings {
  /** Stack whose registry and service connections they share. Default: `dev`. */
  base?: string;
  /** Pattern of their stacks' names. Default: `{base}-{environment}`. */
  stackName?: string;
  /** Days after which an environment that was not updated is swept although its branch exists, for example `14`. Default: never. */
  timeToLive?: number;
}

/** What makes a stack that of a branch: it has its own image and pipelines, and shares the rest with its base. */
export interface BranchEnvironmentSettings {
  /** Name of the environment, by which its repository and definitions are told from others: `feature--tensorflow`. */
  name: string;
  /** The Git branch, without `refs/heads/`: `feature/tensorflow`. */
  branch: string;
  /** The stack of the base environment: `dev`. */
  base: string;
}

/**
 * The settings of a stack, as `docs/settings.md` explains them. Paths are from the repository's root, with forward
 * slashes.
 */
export interface SettingsArgs {
  /** Name of the Azure DevOps project, for example `mlops`. It must exist. */
  project: string;
  /**
   * URL of the Azure DevOps organization, where a provider leads that the program passes, for example
   * `https://dev.azure.com/contoso`. Default: as the stack's configuration says (`azuredevops:orgServiceUrl`), or
   * `AZDO_ORG_SERVICE_URL`.
   */
  organizationUrl?: string;
  /** Where the environment definition and the pipelines' YAML files are. */
  repository: RepositorySource;
  /** The container registry: a new one, an Azure ML workspace's, or one that exists. */
  registry: NewRegistry | RegistryPlace;
  /** Name of the resource group that is created for what this stack owns. Default: `rg-job-container-<stack>`. */
  resourceGroup?: string;
  /** Repository of the image in the registry. Default: `mlops/diabetes_regression`. */
  imageName?: string;
  /** Image that the Dockerfile starts from. The build gets it by digest. Default: `mambaorg/micromamba:2.6.1-debian12-slim`. */
  baseImage?: string;
  /** Conda channel that packages come from: a name or a URL. Default: `conda-forge`. */
  condaChannel?: string;
  /** Path of the Dockerfile. Default: `docker/Dockerfile`. */
  dockerfile?: string;
  /** Folder whose files the image's build sees; `.` is the root. Default: the Dockerfile's. */
  buildContext?: string;
  /** What the image is built for: what jobs run on. Default: `linux/amd64` alone. */
  platforms?: Platform[];
  /** Path of the conda file whose packages are installed in the image. It is in the build's context. Default: `docker/ci_dependencies.yml`. */
  condaFile?: string;
  /**
   * Folder that lock files are kept in, for example `locks`: that of `docker/ci.yml` is `locks/docker/ci.linux-64.lock`
   * then. Default: each is beside its conda file.
   */
  lockFolder?: string;
  /** Conda files that models are trained in. Default: `docker/conda_dependencies.yml`. */
  trainingFiles?: string[];
  /** Conda files that models are scored in. Default: `docker/conda_dependencies_scoring.yml`. */
  scoringFiles?: string[];
  /** What happens when the conda files do not match. Default: `error`. */
  environmentPolicy?: EnvironmentPolicy;
  /** Name of the buildx builder, for example `remote-arm64`. Default: the one that is in use. */
  builder?: string;
  /** What the image was built from, for the tag `build-<id>`, for example `20261130.1`. Default: no such tag. */
  buildId?: string;
  /** Version for the tag `amlsdk-<version>`, for example `1.57.0`. Default: as the lock file or the conda file pins it. */
  amlSdkVersion?: string;
  /** GitHub release, for the tag `release-<id>` and the version label, for example `3.0.0`. Default: neither. */
  githubRelease?: string;
  /** The service connection to the registry. Default: `acrconnection`, and `acrconnection-push` to push. */
  serviceConnection?: ServiceConnectionSettings;
  /** Folder of the pipeline definitions in Azure DevOps, for example `\ml`. Default: `\`, the top. */
  pipelineFolder?: string;
  /** Path of the image-build pipeline's YAML file. Default: `docker/docker-image-pipeline.yml`. */
  imageBuildPipeline?: string;
  /** Path of the model pipeline's YAML file, if there is one. Default: `pipelines/model-ci.yml`, unless there is a list. */
  modelPipeline?: string;
  /** The model pipelines, instead of `modelPipeline`. Default: none. */
  modelPipelines?: ModelPipelineSetting[];
  /** The pipeline that runs this program. Default: none. */
  infrastructurePipeline?: InfrastructurePipelineSettings;
  /** The environment in an Azure ML workspace that has the same image. Default: none. */
  azureMlEnvironment?: AzureMlEnvironmentSetting;
  /** Whether Pulumi refuses to delete what cannot be had back. Default: `true`. */
  protect?: boolean;
  /** How branch environments are made. Default: those of the stack `dev`, without an end. */
  branches?: BranchesSettings;
  /** Makes the stack that of a branch. Default: it is a base environment. */
  branchEnvironment?: BranchEnvironmentSettings;
}
