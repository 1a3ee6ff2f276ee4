import type { RepositorySource } from "./lookups/pipeline-source";
import type { RegistryPlace } from "./lookups/registry";

/** A registry that the stack creates. */
export interface NewRegistry {
  kind: "new";
  /** 5 to 50 letters and digits. */
  name: string;
  /** Default: `Basic`. */
  sku?: "Basic" | "Standard" | "Premium";
  /** Whether roles can be limited to repositories. Default: Azure's. */
  permissionMode?: "LegacyRegistryPermissions" | "AbacRepositoryPermissions";
  /** Days after which manifests without a tag are deleted. Premium only. Default: never. */
  retentionDays?: number;
  /** `Disabled` is for Premium only. Default: `Enabled`. */
  publicNetworkAccess?: "Enabled" | "Disabled";
}

/**
 * The settings of a stack, as `docs/settings.md` explains them. Paths are from the repository's root, with forward
 * slashes.
 */
export interface SettingsArgs {
  /** Name of the Azure DevOps project. */
  project: string;
  /** Where the environment definition and the pipelines' YAML files are. */
  repository: RepositorySource;
  /** The container registry: a new one, an Azure ML workspace's, or one that exists. */
  registry: NewRegistry | RegistryPlace;
  /** Name of the resource group that is created for what this stack owns. Default: `rg-job-container-<stack>`. */
  resourceGroup?: string;
  /** Repository of the image in the registry. */
  imageName?: string;
  /** Image that the Dockerfile starts from. The build gets it by digest. */
  baseImage?: string;
  /** Conda channel that packages come from: a name or a URL. Default: `conda-forge`. */
  condaChannel?: string;
  /** Path of the Dockerfile. */
  dockerfile?: string;
  /** Folder whose files the image's build sees; `.` is the root. Default: the Dockerfile's. */
  buildContext?: string;
  /** What the image is built for: what jobs run on. Default: `linux/amd64`. */
  platforms?: ("linux/amd64" | "linux/arm64")[];
  /** Path of the conda file whose packages are installed in the image. It is in the build's context. */
  condaFile?: string;
  /** Folder that lock files are kept in: that of `docker/ci.yml` is `docker/ci.linux-64.lock` in it. Default: beside it. */
  lockFolder?: string;
  /** Conda files that models are trained in. */
  trainingFiles?: string[];
  /** Conda files that models are scored in. */
  scoringFiles?: string[];
  /** What happens when the conda files do not match. Default: `error`. */
  environmentPolicy?: "error" | "warn" | "off";
  /** Name of the buildx builder. Default: the one that is in use. */
  builder?: string;
  /** What the image was built from, for the tag `build-<id>`. Default: no such tag. */
  buildId?: string;
  /** Version for the tag `amlsdk-<version>`. Default: as the lock file or the conda file pins it. */
  amlSdkVersion?: string;
  /** GitHub release, for the tag `release-<id>` and the version label. Default: neither. */
  githubRelease?: string;
  /** The service connection to the registry. */
  serviceConnection?: {
    /** Default: `acrconnection`. */
    name?: string;
    /** Default: `workloadIdentityFederation`. */
    scheme?: "workloadIdentityFederation" | "servicePrincipal";
    /** Whether the image-build pipeline has a connection of its own to push. Default: true for a new stack. */
    separatePush?: boolean;
  };
  /** Folder of the pipeline definitions in Azure DevOps. Default: `\`. */
  pipelineFolder?: string;
  /** Path of the image-build pipeline's YAML file. */
  imageBuildPipeline?: string;
  /** Path of the model pipeline's YAML file, if there is one. Default: `pipelines/model-ci.yml`. */
  modelPipeline?: string;
  /** The model pipelines, instead of `modelPipeline`. */
  modelPipelines?: {
    /** Path of its YAML file. */
    path: string;
    /** Name of its definition. Default: the image's name and the file's. */
    name?: string;
    /** Folder of its definition. Default: `pipelineFolder`. */
    folder?: string;
    /** A definition that exists, by its id or its path (`\folder\name`). Default: one is made. */
    adopt?: number | string;
  }[];
  /** The pipeline that runs this program. Default: none. */
  infrastructurePipeline?: {
    /** Path of its YAML file. */
    path?: string;
    /** Name of the service connection to Azure that it deploys through. */
    azureConnection?: string;
    /** Name of the one that it previews pull requests through, whose identity can only read. */
    previewConnection?: string;
    /** Name of the variable group with what the state's backend needs, for deployments. Default: none. */
    variableGroup?: string;
    /** Name of the variable group that previews have instead. Default: none. */
    previewVariableGroup?: string;
  };
  /**
   * The environment in an Azure ML workspace that has the same image: jobs there run in it as well. Default: none.
   */
  azureMlEnvironment?: {
    /** Name of the environment. */
    name?: string;
    /** Name of the workspace. Default: the one whose registry it is. */
    workspace?: string;
    /** The workspace's resource group. */
    resourceGroup?: string;
  };
  /** Whether Pulumi refuses to delete what cannot be had back. Default: true. */
  protect?: boolean;
  /** How branch environments are made. */
  branches?: {
    /** Stack whose registry and service connections they share. Default: `dev`. */
    base?: string;
    /** Pattern of their stacks' names. Default: `{base}-{environment}`. */
    stackName?: string;
    /** Days after which an environment that was not updated is swept although its branch exists. Default: never. */
    timeToLive?: number;
  };
}
