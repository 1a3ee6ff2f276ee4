import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import type { PipelineSource } from "./azure-devops";
import { ContainerImage, type ContainerImageArgs, pathInContext } from "./container-image";
import { ContainerRegistry, type ContainerRegistryArgs } from "./container-registry";
import { ImageBuildPipeline, type ImageBuildPipelineArgs } from "./image-build-pipeline";
import { ModelPipeline, type ModelPipelineArgs } from "./model-pipeline";
import {
  type AzureAccount,
  type ConnectionScheme,
  RegistryConnection,
  type RegistryConnectionArgs,
} from "./registry-connection";
import type { TagValues } from "./tags";
import { type Transform, transformed } from "./transform";

export interface JobContainerArgs {
  /** Name of the resource group that holds what this stack creates in Azure. It is created. */
  resourceGroup: string;
  registry: ContainerRegistryArgs["source"];
  /** Azure subscription and tenant of the identity that runs Pulumi. */
  account: AzureAccount;
  /** Azure DevOps project, and repository with the environment definition and the pipelines. */
  source: PipelineSource;
  image: Pick<
    ContainerImageArgs,
    "repository" | "dockerfile" | "baseImage" | "condaFile" | "lockFolder" | "condaChannel" | "revision" | "builder"
  > & {
    /** What the image's tags are made of. */
    tagValues: TagValues;
  };
  connection: {
    /** Name of the service connection. */
    name: string;
    scheme: ConnectionScheme;
  };
  pipelines: {
    /** Folder of both definitions. */
    folder: string;
    /** Path of the image-build pipeline's YAML file in the repository. */
    imageBuild: string;
    /** Path of the model pipeline's YAML file in the repository. */
    model: string;
  };
  transform?: {
    resourceGroup?: Transform<resources.ResourceGroupArgs>;
    registry?: ContainerRegistryArgs["transform"];
    connection?: RegistryConnectionArgs["transform"];
    image?: ContainerImageArgs["transform"];
    imageBuildPipeline?: ImageBuildPipelineArgs["transform"];
    modelPipeline?: ModelPipelineArgs["transform"];
  };
}

/**
 * A project's job container, whole: registry, service connection, image, the pipeline that rebuilds the image and the
 * model pipeline that runs in it.
 */
export class JobContainer extends pulumi.ComponentResource {
  readonly registry: ContainerRegistry;
  readonly connection: RegistryConnection;
  readonly image: ContainerImage;
  readonly imageBuildPipeline: ImageBuildPipeline;
  readonly modelPipeline: ModelPipeline;
  /** The raw resources. */
  readonly nodes: { resourceGroup: resources.ResourceGroup };

  constructor(name: string, args: JobContainerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:JobContainer", name, {}, opts);
    const parent = { parent: this };
    const { account, source, pipelines, transform } = args;

    const resourceGroup = createResourceGroup();
    const registry = createRegistry();
    const connection = createConnection();
    const image = buildImage();
    const imageBuildPipeline = createImageBuildPipeline();
    const modelPipeline = createModelPipeline();

    this.registry = registry;
    this.connection = connection;
    this.image = image;
    this.imageBuildPipeline = imageBuildPipeline;
    this.modelPipeline = modelPipeline;
    this.nodes = { resourceGroup };
    this.registerOutputs({});

    function createResourceGroup() {
      return new resources.ResourceGroup(
        ...transformed(transform?.resourceGroup, name, { resourceGroupName: args.resourceGroup }, parent),
      );
    }

    function createRegistry() {
      return new ContainerRegistry(
        name,
        { source: args.registry, resourceGroup: resourceGroup.name, transform: transform?.registry },
        parent,
      );
    }

    function createConnection() {
      return new RegistryConnection(
        name,
        {
          connectionName: args.connection.name,
          scheme: args.connection.scheme,
          projectId: source.projectId,
          registry,
          account,
          resourceGroup: resourceGroup.name,
          transform: transform?.connection,
        },
        parent,
      );
    }

    function buildImage() {
      return new ContainerImage(
        name,
        {
          ...args.image,
          registry,
          sourceUrl: source.repositoryUrl,
          tenantId: account.tenantId,
          transform: transform?.image,
        },
        parent,
      );
    }

    function createImageBuildPipeline() {
      return new ImageBuildPipeline(
        `${name}-image-build`,
        {
          pipelineName: `${args.image.repository.replaceAll("/", "-")}-image-build`,
          folder: pipelines.folder,
          yamlPath: pipelines.imageBuild,
          source,
          connection,
          imageRepository: args.image.repository,
          baseImage: args.image.baseImage,
          condaFile: pathInContext(args.image.dockerfile, args.image.condaFile),
          lockFolder: args.image.lockFolder,
          condaChannel: args.image.condaChannel,
          amlSdkVersion: args.image.tagValues.amlSdk,
          githubRelease: args.image.tagValues.release,
          transform: transform?.imageBuildPipeline,
        },
        parent,
      );
    }

    function createModelPipeline() {
      return new ModelPipeline(
        `${name}-model`,
        {
          pipelineName: `${args.image.repository.replaceAll("/", "-")}-model`,
          folder: pipelines.folder,
          yamlPath: pipelines.model,
          source,
          connection,
          image,
          transform: transform?.modelPipeline,
        },
        parent,
      );
    }
  }
}
