import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import { condaPlatform } from "../src/conda/platform";
import { environmentPaths } from "../src/conda/solved-paths";
import type { BaseEnvironment } from "../src/lookups/base-environment";
import type { BranchPush } from "../src/lookups/branch-push";
import type { AdoptedModelPipeline, FoundModelPipeline, NewModelPipeline } from "../src/lookups/model-pipelines";
import { defaultBranchOf, type PipelineSource } from "../src/lookups/pipeline-source";
import type { WorkspacePlace } from "../src/lookups/workspace";
import { type Transform, transformed } from "../src/pulumi/transform";
import { contextOf, type EnvironmentDefinition, platformsOf } from "../src/rules/environment-definition";
import { definitionNameOf } from "../src/rules/model-pipelines";
import type { ConnectionScheme, PermissionMode } from "../src/rules/words";
import { AdoptedPipeline, type AdoptedPipelineArgs } from "./adopted-pipeline";
import { AzureMlEnvironment, type AzureMlEnvironmentArgs } from "./azure-ml-environment";
import { ContainerImage, type ContainerImageArgs } from "./container-image";
import { ContainerRegistry, type ContainerRegistryArgs } from "./container-registry";
import { ImageBuildPipeline, type ImageBuildPipelineArgs } from "./image-build-pipeline";
import { ImageRepository } from "./image-repository";
import { ModelPipeline, type ModelPipelineArgs } from "./model-pipeline";
import { type AzureAccount, RegistryConnection, type RegistryConnectionArgs } from "./registry-connection";

/** A base environment: it owns the service connections, and the registry unless that exists already. */
export interface BaseArgs {
  kind: "base";
  /** Name of the resource group that holds what this stack creates in Azure. It is created. */
  resourceGroup: string;
  registry: ContainerRegistryArgs["source"];
  connection: {
    /** Name of the service connection. */
    name: string;
    scheme: ConnectionScheme;
    /**
     * Whether the image-build pipeline has a connection of its own, `<name>-push`, and the other one can only pull.
     * Otherwise both pipelines share one, which can push.
     */
    separatePush: boolean;
  };
  /** Whether the engine refuses to delete or replace what cannot be had back: resource group, registry, connections. */
  protect: boolean;
  /** The image's repository in the registry, for example `mlops/diabetes_regression`. */
  repository: string;
  /** The environment in an Azure ML workspace that has the image. Default: none. */
  azureMlEnvironment?: WorkspacePlace & { name: string };
}

/** A branch environment: it shares the base environment's registry, and its service connection to pull. */
export interface BranchArgs {
  kind: "branch";
  /** The base environment's. */
  shared: BaseEnvironment;
  /** Name of the environment, by which its repository and its definitions are told from others. */
  name: string;
  /** The Git branch, without `refs/heads/`. */
  branch: string;
  /** What its own connection to push is made of. Default: it pushes through the base environment's. */
  push?: BranchPush;
}

export interface JobContainerArgs {
  environment: BaseArgs | BranchArgs;
  /** Azure subscription and tenant of the identity that runs Pulumi. */
  account: AzureAccount;
  /** Azure DevOps project, and repository with the environment definition and the pipelines. */
  source: PipelineSource;
  /** What the image is built from, by this program and by the image-build pipeline. */
  definition: EnvironmentDefinition;
  image: Pick<ContainerImageArgs, "files" | "revision" | "builder" | "tagValues">;
  /** What the image-build pipeline compares the image's conda file with. */
  comparison: Pick<ImageBuildPipelineArgs, "trainingFiles" | "scoringFiles" | "environmentPolicy">;
  pipelines: {
    /** Folder of the definitions. */
    folder: string;
    /** Path of the image-build pipeline's YAML file in the repository. */
    imageBuild: string;
    /** The model pipelines: the team's own, whose jobs run in the image. */
    models: FoundModelPipeline[];
    /** Throws if a model pipeline's definition cannot be made. Default: it is not asked. */
    requireNew?: ModelPipelineArgs["requireNew"];
  };
  transform?: {
    resourceGroup?: Transform<resources.ResourceGroupArgs>;
    registry?: ContainerRegistryArgs["transform"];
    connection?: RegistryConnectionArgs["transform"];
    pushConnection?: RegistryConnectionArgs["transform"];
    image?: ContainerImageArgs["transform"];
    imageBuildPipeline?: ImageBuildPipelineArgs["transform"];
    /** Of every model pipeline whose definition is the stack's own. */
    modelPipeline?: ModelPipelineArgs["transform"];
    /** Of every model pipeline whose definition was adopted. */
    adoptedPipeline?: AdoptedPipelineArgs["transform"];
    azureMlEnvironment?: AzureMlEnvironmentArgs["transform"];
  };
}

/** What a pipeline needs of a service connection. */
type ConnectionOutputs = Pick<RegistryConnection, "id" | "name">;

/** What the image and the pipelines need of an environment: its own, or the base environment's. */
interface Surroundings {
  /** The base environment's repository, where it is another one: a build takes that one's cache as well. */
  baseRepository?: string;
  registry: Pick<ContainerRegistry, "id" | "name" | "loginServer">;
  connection: ConnectionOutputs;
  pushConnection: ConnectionOutputs;
  /** The image's repository in the registry. */
  repository: pulumi.Input<string>;
  /** Name of a pipeline's definition: from what it is for, unless it has a name of its own. */
  definitionName: (role: string, own?: string) => string;
  /** Name of the Azure ML environment, from that of the base environment's. */
  azureMlName: (base: string) => string;
  resourceGroup?: resources.ResourceGroup;
}

/**
 * A project's job container, whole: registry, service connections, image, the pipeline that rebuilds the image and the
 * model pipelines that run in it. That of a branch has its own image, in a repository of its own, and its own pipelines,
 * bound to the branch; the rest is the base environment's.
 */
export class JobContainer extends pulumi.ComponentResource {
  readonly registry: Surroundings["registry"];
  /** What the model pipeline pulls through. */
  readonly connection: ConnectionOutputs;
  /** What the image-build pipeline pushes through: the same one, unless they are separate. */
  readonly pushConnection: ConnectionOutputs;
  readonly image: ContainerImage;
  readonly imageBuildPipeline: ImageBuildPipeline;
  /** In the order of the arguments. */
  readonly modelPipelines: (ModelPipeline | AdoptedPipeline)[];
  /** There if the base environment has one. */
  readonly azureMlEnvironment?: AzureMlEnvironment;
  /** The raw resources: the resource group, of a base environment. */
  readonly nodes: { resourceGroup?: resources.ResourceGroup };

  constructor(name: string, args: JobContainerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:JobContainer", name, {}, opts);
    const parent = { parent: this };
    const { account, environment, source, definition, pipelines, transform } = args;
    const branch = environment.kind === "branch" ? environment.branch : undefined;
    const boundTo = branch ?? defaultBranchOf(source);
    // As the trigger in the YAML file has them, which a definition that is bound to a branch does not go by.
    const definitionPaths = {
      includes: triggerPaths(definition),
      excludes: [...args.comparison.trainingFiles, ...args.comparison.scoringFiles]
        .flatMap((file) => environmentPaths(file, platformsOf(definition).map(condaPlatform)))
        .map(fromRoot),
    };

    const surroundings = environment.kind === "branch" ? shareBase(environment) : createBase(environment);
    const { registry, connection, pushConnection, repository, baseRepository, definitionName } = surroundings;
    const image = buildImage();
    const imageBuildPipeline = createImageBuildPipeline();
    const modelPipelines = pipelines.models.map((model) =>
      model.kind === "new" ? createModelPipeline(model) : adoptPipeline(model),
    );
    const azureMlEnvironment = createAzureMlEnvironment();

    this.registry = registry;
    this.connection = connection;
    this.pushConnection = pushConnection;
    this.image = image;
    this.imageBuildPipeline = imageBuildPipeline;
    this.modelPipelines = modelPipelines;
    if (azureMlEnvironment) this.azureMlEnvironment = azureMlEnvironment;
    this.nodes = { resourceGroup: surroundings.resourceGroup };
    this.registerOutputs({});

    function createBase(base: BaseArgs): Surroundings {
      const kept = { ...parent, protect: base.protect };
      const resourceGroup = new resources.ResourceGroup(
        ...transformed(transform?.resourceGroup, name, { resourceGroupName: base.resourceGroup }, kept),
      );
      const registry = new ContainerRegistry(
        name,
        { source: base.registry, resourceGroup: resourceGroup.name, transform: transform?.registry },
        kept,
      );
      const { name: connectionName, scheme, separatePush } = base.connection;
      const shared = {
        scheme,
        projectId: source.projectId,
        registry,
        repository: base.repository,
        account,
        resourceGroup: resourceGroup.name,
      };
      const connection = new RegistryConnection(
        name,
        { ...shared, connectionName, access: separatePush ? "pull" : "push", transform: transform?.connection },
        kept,
      );
      const pushConnection = separatePush
        ? new RegistryConnection(
            `${name}-push`,
            {
              ...shared,
              connectionName: `${connectionName}-push`,
              access: "push",
              allowedBranches: [boundTo],
              transform: transform?.pushConnection,
            },
            kept,
          )
        : connection;
      return {
        registry,
        connection,
        pushConnection,
        repository: base.repository,
        definitionName: (role, own) => own ?? definitionNameOf(base.repository, role),
        azureMlName: (name) => name,
        resourceGroup,
      };
    }

    function shareBase({ shared, name: environmentName, push }: BranchArgs): Surroundings {
      const { id, name: registryName, loginServer } = shared.registry;
      const registry = {
        id: pulumi.output(id),
        name: pulumi.output(registryName),
        loginServer: pulumi.output(loginServer),
      };
      const repository = new ImageRepository(
        name,
        { registry, repository: `${shared.image.repository}/${environmentName}`, tenantId: account.tenantId },
        parent,
      );
      const connectionOf = (one: { id: string; name: string }): ConnectionOutputs => ({
        id: pulumi.output(one.id),
        name: pulumi.output(one.name),
      });
      const connection = connectionOf(shared.serviceConnection);
      const sharedPush = shared.pushConnection ? connectionOf(shared.pushConnection) : connection;
      return {
        registry,
        connection,
        pushConnection: push ? createBranchConnection(push, repository, shared.image.repository) : sharedPush,
        repository: repository.name,
        baseRepository: shared.image.repository,
        // No base environment's definition has a name like this, whatever its image is called.
        definitionName: (role, own) => `${own ?? definitionNameOf(shared.image.repository, role)} (${environmentName})`,
        azureMlName: (base) => `${base}-${environmentName}`,
      };
    }

    /** The branch's runs push through it and no others do, and it reaches no other repository, if the registry can tell. */
    function createBranchConnection(push: BranchPush, repository: ImageRepository, baseRepository: string) {
      const { connectionName, resourceGroup } = push;
      const registry = new ContainerRegistry(name, { source: push.registry, resourceGroup }, parent);
      pulumi.all([registry.name, registry.permissionMode]).apply(([registryName, mode]) => {
        const warning = unlimitedReach(registryName, mode);
        if (warning) pulumi.log.warn(warning);
      });
      return new RegistryConnection(
        `${name}-push`,
        {
          connectionName,
          projectId: source.projectId,
          registry,
          access: "push",
          repository: repository.name,
          alsoPulled: baseRepository,
          allowedBranches: [boundTo],
          account,
          resourceGroup,
          after: repository,
          transform: transform?.pushConnection,
        },
        parent,
      );
    }

    function buildImage() {
      return new ContainerImage(
        name,
        {
          ...args.image,
          definition,
          registry,
          repository,
          ...(baseRepository !== undefined && { baseRepository }),
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
          pipelineName: definitionName("image-build"),
          folder: pipelines.folder,
          yamlPath: pipelines.imageBuild,
          source,
          connection: pushConnection,
          // Not as the YAML file says, which on a branch is whoever's who pushes there.
          trigger: { branch: boundTo, paths: definitionPaths },
          pullRequests: false,
          loginServer: registry.loginServer,
          imageRepository: repository,
          ...(baseRepository !== undefined && { baseRepository }),
          definition,
          ...args.comparison,
          amlSdkVersion: args.image.tagValues.amlSdk,
          githubRelease: args.image.tagValues.release,
          transform: transform?.imageBuildPipeline,
        },
        parent,
      );
    }

    function createModelPipeline({ path, key, formerKey, role, name: ownName, folder }: NewModelPipeline) {
      return new ModelPipeline(
        `${name}-${key}`,
        {
          pipelineName: definitionName(role, ownName),
          folder: folder ?? pipelines.folder,
          yamlPath: path,
          source,
          connection,
          ...(branch && { trigger: { branch } }),
          image,
          requireNew: pipelines.requireNew,
          transform: transform?.modelPipeline,
        },
        { ...parent, ...(formerKey !== undefined && { aliases: [{ name: `${name}-${formerKey}` }] }) },
      );
    }

    function createAzureMlEnvironment() {
      const { azureMlEnvironment: base } = environment.kind === "branch" ? environment.shared : environment;
      if (base === undefined) return undefined;
      const { workspace, resourceGroup } = base;
      return new AzureMlEnvironment(
        name,
        {
          environmentName: surroundings.azureMlName(base.name),
          workspace,
          resourceGroup,
          image,
          transform: transform?.azureMlEnvironment,
        },
        parent,
      );
    }

    function adoptPipeline({ path, definition: adopted, api }: AdoptedModelPipeline) {
      return new AdoptedPipeline(
        `${name}-adopted-${adopted.id}`,
        { path, definition: adopted, source, connection, image, api, transform: transform?.adoptedPipeline },
        parent,
      );
    }
  }
}

/**
 * The paths of whose changes the image is built again: the build's context, and the Dockerfile if that is elsewhere.
 */
function triggerPaths(definition: EnvironmentDefinition): string[] {
  const context = contextOf(definition);
  if (context === ".") return ["/"];
  return [context, ...(definition.dockerfile.startsWith(`${context}/`) ? [] : [definition.dockerfile])].map(fromRoot);
}

/**
 * A path in the filter of a definition's trigger: from the root, which is `/` itself, as the page of a definition writes
 * it (https://learn.microsoft.com/azure/devops/pipelines/repos/azure-repos-git#paths, under Classic). In a YAML file the
 * slash may be missing.
 */
function fromRoot(path: string): string {
  return `/${path}`;
}

/** What to say of a registry in which a branch's connection reaches every repository; undefined if it does not. */
function unlimitedReach(registryName: string, mode: PermissionMode): string | undefined {
  if (mode === "AbacRepositoryPermissions") return undefined;
  return (
    `the registry ${registryName} has the permission mode ${mode}, in which a role is for all of its repositories: who may ` +
    "push this branch can push to those of the base environment and of every other branch. To limit each to its own, set " +
    "the registry's mode to AbacRepositoryPermissions (of a new one: registry.permissionMode)."
  );
}
