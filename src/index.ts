/** What the package exports: the components, what finds those things that they need, and the whole program. */
export { AdoptedPipeline, type AdoptedPipelineArgs } from "../components/adopted-pipeline";
export { AzureMlEnvironment, type AzureMlEnvironmentArgs } from "../components/azure-ml-environment";
export { ContainerImage, type ContainerImageArgs } from "../components/container-image";
export { ContainerRegistry, type ContainerRegistryArgs } from "../components/container-registry";
export { ImageBuildPipeline, type ImageBuildPipelineArgs } from "../components/image-build-pipeline";
export { ImageRepository, type ImageRepositoryArgs } from "../components/image-repository";
export { InfrastructurePipeline, type InfrastructurePipelineArgs } from "../components/infrastructure-pipeline";
export { type BaseArgs, type BranchArgs, JobContainer, type JobContainerArgs } from "../components/job-container";
export { ModelPipeline, type ModelPipelineArgs } from "../components/model-pipeline";
export { RegistryConnection, type RegistryConnectionArgs } from "../components/registry-connection";
export type { ProjectApi } from "./azure-devops/rest";
export type { NameOf } from "./common/name-of";
export type {
  AzureMlEnvironmentOutputs,
  ConnectionOutputs,
  LeftOutputs,
  PipelineOutputs,
  ProgramOutputs,
  StackOutputs,
} from "./common/outputs";
export { Platform } from "./common/platforms";
export type { Repository } from "./common/repository";
export type { RegistryCredential } from "./image/azure-sign-in";
export { createJobContainer, type DeclaredJobContainer, type JobContainerSettings } from "./job-container";
export type { AdoptedDefinition } from "./lookups/adopted-definition";
export { type BaseEnvironment, findBaseEnvironment } from "./lookups/base-environment";
export { pinImage } from "./lookups/base-image";
export type { BranchPush } from "./lookups/branch-push";
export type { LookupContext, Providers } from "./lookups/context";
export {
  type FoundConnection,
  type FoundVariableGroup,
  findInfrastructureAccess,
  type InfrastructureAccess,
  type InfrastructureNames,
} from "./lookups/infrastructure-access";
export {
  type AdoptedModelPipeline,
  type FoundModelPipeline,
  findModelPipelines,
  type ModelPipelines,
  type ModelPipelinesRequest,
  type NewModelPipeline,
} from "./lookups/model-pipelines";
export type { PlannedDefinition } from "./lookups/new-definition";
export { type OwnOutputs, readOwnOutputs } from "./lookups/own-outputs";
export { findPipelineSource, type PipelineSource, type RepositorySource } from "./lookups/pipeline-source";
export { type ExistingRegistry, findRegistry, type RegistryPlace } from "./lookups/registry";
export type { WorkspacePlace } from "./lookups/workspace";
export { type ProgramArgs, program } from "./program";
export type { Transform } from "./pulumi/transform";
export type { EnvironmentDefinition } from "./rules/environment-definition";
export type { ModelPipelineSettings } from "./rules/model-pipelines";
export type { ImageAccess } from "./rules/roles";
export type { TagValues } from "./rules/tags";
export * from "./rules/words";
export { type BuildFiles, findBuildFiles } from "./settings/build";
export type {
  AzureMlEnvironmentSetting,
  BranchEnvironmentSettings,
  BranchesSettings,
  InfrastructurePipelineSettings,
  ModelPipelineSetting,
  NewRegistry,
  ServiceConnectionSettings,
  SettingsArgs,
} from "./settings-args";
