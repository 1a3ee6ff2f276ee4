import * as authorization from "@pulumi/azure-native/authorization";
import * as pulumi from "@pulumi/pulumi";
import { findPipelineSource } from "./components/azure-devops";
import { pinImage } from "./components/base-image";
import { findRegistry } from "./components/find-registry";
import { JobContainer } from "./components/job-container";
import { readEnvironment, readRevision, readSettings } from "./settings";

export = async () => {
  const settings = await readSettings();
  const [account, source, registrySource, baseImage, { amlSdkVersion }, revision] = await Promise.all([
    authorization.getClientConfig(),
    findPipelineSource(settings.organizationUrl, settings.project, settings.repository),
    findRegistry(settings.registry),
    pinImage(settings.baseImage),
    readEnvironment(settings),
    readRevision(settings),
  ]);

  const { registry, connection, image, imageBuildPipeline, modelPipeline } = new JobContainer("job-container", {
    resourceGroup: settings.resourceGroup ?? `rg-job-container-${pulumi.getStack()}`,
    account,
    registry: registrySource,
    source,
    image: {
      repository: settings.imageName,
      dockerfile: settings.dockerfile,
      baseImage,
      condaFile: settings.condaFile,
      lockFolder: settings.lockFolder,
      revision,
      condaChannel: settings.condaChannel,
      builder: settings.builder,
      tagValues: {
        build: settings.buildId,
        amlSdk: amlSdkVersion,
        release: settings.githubRelease,
      },
    },
    connection: settings.serviceConnection,
    pipelines: {
      folder: settings.pipelineFolder,
      imageBuild: settings.imageBuildPipeline,
      model: settings.modelPipeline,
    },
  });

  return {
    registry: { name: registry.name, loginServer: registry.loginServer, id: registry.id },
    image: { repository: image.repository, digest: image.digest, reference: image.reference, tags: image.tags },
    serviceConnection: { id: connection.id, name: connection.name },
    imageBuildPipeline: { id: imageBuildPipeline.id, name: imageBuildPipeline.name, url: imageBuildPipeline.url },
    modelPipeline: { id: modelPipeline.id, name: modelPipeline.name, url: modelPipeline.url },
  };
};
