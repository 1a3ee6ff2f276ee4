import type { InfrastructurePipeline } from "../components/infrastructure-pipeline";
import type { BaseArgs, BranchArgs, JobContainer } from "../components/job-container";
import type { ProgramOutputs } from "./common/outputs";

/** What a stack puts out of its job container, for the commands and for its branch environments. */
export function outputsOf(
  jobContainer: JobContainer,
  environment: BaseArgs | BranchArgs,
  infrastructurePipeline: InfrastructurePipeline | undefined,
): ProgramOutputs {
  const { registry, connection, pushConnection, image, imageBuildPipeline, modelPipelines, azureMlEnvironment } =
    jobContainer;
  const { resourceGroup } = jobContainer.nodes;
  return {
    registry: {
      ...{ name: registry.name, loginServer: registry.loginServer, id: registry.id },
      ...(environment.kind === "base" && environment.registry.kind === "new" && { owned: true }),
    },
    ...(resourceGroup && { resourceGroup: resourceGroup.name }),
    image: { repository: image.repository, digest: image.digest, reference: image.reference, tags: image.tags },
    serviceConnection: { id: connection.id, name: connection.name },
    ...(pushConnection !== connection && { pushConnection: { id: pushConnection.id, name: pushConnection.name } }),
    imageBuildPipeline: { id: imageBuildPipeline.id, name: imageBuildPipeline.name, url: imageBuildPipeline.url },
    modelPipelines: modelPipelines.map(({ id, name, url, path, isAdopted }) => ({
      ...{ id, name, url, path },
      ...(isAdopted && { adopted: true }),
    })),
    ...(infrastructurePipeline && {
      infrastructurePipeline: {
        id: infrastructurePipeline.id,
        name: infrastructurePipeline.name,
        url: infrastructurePipeline.url,
      },
    }),
    ...(azureMlEnvironment && {
      azureMlEnvironment: {
        ...{ name: azureMlEnvironment.name, version: azureMlEnvironment.version },
        ...{ workspace: azureMlEnvironment.workspace, resourceGroup: azureMlEnvironment.resourceGroup },
      },
    }),
  };
}
