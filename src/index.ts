/** What the package exports: the components, what finds those things that they need, and the whole program. */
export { AdoptedPipeline, type AdoptedPipelineArgs } from "../components/adopted-pipeline";
export { ContainerImage, type ContainerImageArgs } from "../components/container-image";
export { ContainerRegistry, type ContainerRegistryArgs } from "../components/container-registry";
export { ImageBuildPipeline, type ImageBuildPipelineArgs } from "../components/image-build-pipeline";
export { ImageRepository, type ImageRepositoryArgs } from "../components/image-repository";
export { InfrastructurePipeline, type InfrastructurePipelineArgs } from "../components/infrastructure-pipeline";
export { type BaseArgs, type BranchArgs, JobContainer, type JobContainerArgs } from "../components/job-container";
export { ModelPipeline, type ModelPipelineArgs } from "../components/model-pipeline";
export { RegistryConnection, type RegistryConnectionArgs } from "../components/registry-connection";
export { findBaseEnvironment } from "./lookups/base-environment";
export { pinImage } from "./lookups/base-image";
export { findInfrastructureAccess } from "./lookups/infrastructure-access";
export { findModelPipelines } from "./lookups/model-pipelines";
export { readOwnOutputs } from "./lookups/own-outputs";
export { findPipelineSource } from "./lookups/pipeline-source";
export { findRegistry } from "./lookups/registry";
export { type ProgramArgs, program } from "./program";
export { type BuildFiles, findBuildFiles } from "./settings/build";
