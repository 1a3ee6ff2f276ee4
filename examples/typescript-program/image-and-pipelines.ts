// An image in a registry that exists, and two pipelines whose jobs run in it.
import { getClientConfig } from "@pulumi/azure-native/authorization";
import {
  ContainerImage,
  ContainerRegistry,
  findBuildFiles,
  findPipelineSource,
  findRegistry,
  ModelPipeline,
  pinImage,
  RegistryConnection,
} from "job-container";

export = async () => {
  const account = await getClientConfig();
  const source = await findPipelineSource("https://dev.azure.com/contoso", "mlops", {
    kind: "azureRepos",
    name: "diabetes_regression",
  });
  const place = { kind: "existing", name: "contosoimages", resourceGroup: "rg-images" } as const;
  const registry = new ContainerRegistry("images", {
    source: await findRegistry(place, account.subscriptionId),
    resourceGroup: place.resourceGroup,
  });

  const definition = {
    dockerfile: "docker/Dockerfile",
    baseImage: await pinImage("mambaorg/micromamba:2.6.1-debian12-slim"),
    condaFile: "docker/ci_dependencies.yml",
    condaChannel: "conda-forge",
  };
  const image = new ContainerImage("training", {
    registry,
    repository: "mlops/training",
    definition,
    files: findBuildFiles(definition),
    sourceUrl: source.repositoryUrl,
    tagValues: {},
    tenantId: account.tenantId,
  });
  const connection = new RegistryConnection("training", {
    connectionName: "training-pull",
    projectId: source.projectId,
    registry,
    access: "pull",
    repository: image.repository,
    account,
    resourceGroup: place.resourceGroup,
  });
  const pipelines = ["train", "score"].map(
    (name) =>
      new ModelPipeline(name, {
        pipelineName: name,
        folder: "\\ml",
        yamlPath: `pipelines/${name}.yml`,
        source,
        connection,
        image,
      }),
  );
  return { image: image.reference, pipelines: pipelines.map(({ url }) => url) };
};
