import { setImmediate } from "node:timers/promises";
import * as authorization from "@pulumi/azure-native/authorization";
import * as pulumi from "@pulumi/pulumi";
import type { InfrastructurePipelineArgs } from "../components/infrastructure-pipeline";
import type { BaseArgs, BranchArgs, JobContainerArgs } from "../components/job-container";
import type { AzureAccount } from "../components/registry-connection";
import type { ProgramOutputs } from "./common/outputs";
import { findBaseEnvironment } from "./lookups/base-environment";
import { pinImage } from "./lookups/base-image";
import { findBranchPush } from "./lookups/branch-push";
import { requireCreatable } from "./lookups/creatable-connection";
import { findInfrastructureAccess } from "./lookups/infrastructure-access";
import { findModelPipelines } from "./lookups/model-pipelines";
import { inOwnOrganization } from "./lookups/own-organization";
import { type OwnOutputs, readOwnOutputs } from "./lookups/own-outputs";
import { requireOthers } from "./lookups/own-registry";
import { findPipelineSource, type PipelineSource } from "./lookups/pipeline-source";
import { warnOfQueueTimeVariables } from "./lookups/queue-time-variables";
import { findRegistry } from "./lookups/registry";
import { hasSharedConnection } from "./lookups/shared-connection";
import { findWorkspace } from "./lookups/workspace";
import { definitionNameOf } from "./rules/model-pipelines";
import {
  findBuildFiles,
  programsInImage,
  readCondaFiles,
  readRevision,
  readSettings,
  requireContainerUse,
  type StackSettings,
} from "./settings";
import type { SettingsArgs } from "./settings-args";

/**
 * What the program takes besides the stack's settings. A setting that is given here holds for every stack of the
 * project, whatever `Pulumi.<stack>.yaml` says.
 */
export interface ProgramArgs extends Partial<SettingsArgs> {
  /** Changes what the components pass to their resources. Default: nothing. */
  transform?: JobContainerArgs["transform"] & { infrastructurePipeline?: InfrastructurePipelineArgs["transform"] };
}

/**
 * The whole program: reads the stack's settings, looks up what must exist, and declares the job container.
 *
 * @returns the stack's outputs
 * @throws UserError that lists every setting that is wrong, or names what does not exist
 */
export async function program({ transform, ...args }: ProgramArgs = {}): Promise<ProgramOutputs> {
  const settings = await readSettings(args);
  const own = readOwnOutputs();
  const client = authorization.getClientConfig();
  const [account, source, environment, baseImage, { amlSdkVersion }, revision, components] = await Promise.all([
    client,
    findPipelineSource(settings.organizationUrl, settings.project, {
      ...settings.repository,
      ...(settings.environment.kind === "branch" && { defaultBranch: settings.environment.branch }),
    }),
    findEnvironment(settings, own, client),
    pinImage(settings.definition.baseImage),
    readCondaFiles(settings),
    readRevision(settings.definition),
    loadComponents(),
  ]);
  requireContainerUse(
    settings.modelPipelines,
    environment.kind === "base" ? environment.connection.name : environment.shared.serviceConnection.name,
    () => programsInImage(settings.definition),
  );
  const { accessToken } = settings;
  const [infrastructure, { models, requireNew }] = await Promise.all([
    findInfrastructure(settings, source),
    findModelPipelines({
      pipelines: settings.modelPipelines,
      source,
      accessToken,
      own: await own,
      environment: environment.kind,
      isProtected: environment.kind === "base" && environment.protect,
    }),
    environment.kind === "base" && accessToken !== undefined
      ? warnOfQueueTimeVariables({ projectUrl: source.projectUrl, token: accessToken })
      : undefined,
  ]);
  if (hasNewConnection(environment, await own) && !pulumi.runtime.isDryRun()) {
    pulumi.log.info(
      "the service connections are new. Azure needs some minutes until everybody knows their federated credentials and " +
        "roles: if a run is refused before (AADSTS70021, 401, 403), run it again.",
    );
  }
  const { infrastructurePipeline: infrastructureTransform, ...transforms } = transform ?? {};

  const jobContainer = new components.JobContainer("job-container", {
    environment,
    account,
    source,
    definition: { ...settings.definition, baseImage },
    image: {
      files: findBuildFiles(settings.definition),
      revision,
      builder: settings.builder,
      tagValues: {
        build: settings.buildId,
        amlSdk: amlSdkVersion,
        release: settings.githubRelease,
      },
    },
    comparison: {
      trainingFiles: settings.trainingFiles,
      scoringFiles: settings.scoringFiles,
      environmentPolicy: settings.environmentPolicy,
    },
    pipelines: {
      folder: settings.pipelineFolder,
      imageBuild: settings.imageBuildPipeline,
      models,
      requireNew,
    },
    transform: transforms,
  });

  const { registry, connection, pushConnection, image, imageBuildPipeline, modelPipelines, azureMlEnvironment } =
    jobContainer;
  const { resourceGroup } = jobContainer.nodes;
  const infrastructurePipeline =
    infrastructure &&
    new components.InfrastructurePipeline("infrastructure", { ...infrastructure, transform: infrastructureTransform });

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

/** Whether the environment gets a service connection that it did not have when it was last up. */
function hasNewConnection(environment: BaseArgs | BranchArgs, own: OwnOutputs): boolean {
  if (environment.kind === "base") return own.serviceConnection?.id === undefined;
  const { id, name } = own.pushConnection ?? {};
  return environment.push !== undefined && (id === undefined || name !== environment.push.connectionName);
}

/** Loads the components while the providers, which have been asked before, start and answer. */
async function loadComponents() {
  await setImmediate();
  const main: typeof import("../components/job-container") = require("../components/job-container");
  const infrastructure: typeof import("../components/infrastructure-pipeline") = require("../components/infrastructure-pipeline");
  return { ...main, ...infrastructure };
}

/** What must be there before anything is created: a base environment's registry, or a branch's base environment. */
async function findEnvironment(
  { environment, isApplicationToken }: StackSettings,
  own: Promise<OwnOutputs>,
  account: Promise<AzureAccount>,
): Promise<BaseArgs | BranchArgs> {
  if (environment.kind === "branch") {
    const { base, ...branch } = environment;
    const [shared, { subscriptionId }] = await Promise.all([findBaseEnvironment(inOwnOrganization(base)), account]);
    const push = findBranchPush(shared, branch.name, subscriptionId);
    return { ...branch, shared, ...(push && { push }) };
  }
  const { kind, resourceGroup, registry, serviceConnection, imageName, azureMlEnvironment, protect } = environment;
  // The registry is looked up while the stack's own outputs are read.
  const [foundRegistry, separatePush] = await Promise.all([
    registry.kind === "new" ? registry : account.then(({ subscriptionId }) => findRegistry(registry, subscriptionId)),
    own.then((outputs) => {
      requireCreatable(serviceConnection, outputs, isApplicationToken);
      return serviceConnection.separatePush ?? !hasSharedConnection(outputs);
    }),
    azureMlEnvironment && findWorkspace(azureMlEnvironment, "azureMlEnvironment"),
  ]);
  if (foundRegistry.kind === "existing") requireOthers(foundRegistry, await own, pulumi.getProject());
  return {
    kind,
    resourceGroup: resourceGroup ?? `rg-job-container-${pulumi.getStack()}`,
    registry: foundRegistry,
    connection: { ...serviceConnection, separatePush },
    repository: imageName,
    ...(azureMlEnvironment && { azureMlEnvironment }),
    protect,
  };
}

/** What the pipeline that runs this program is made of, if there is to be one. The environment of a branch has none. */
async function findInfrastructure(
  { environment, pipelineFolder }: StackSettings,
  source: PipelineSource,
): Promise<InfrastructurePipelineArgs | undefined> {
  if (environment.kind === "branch" || !environment.infrastructurePipeline) return undefined;
  const { path, ...names } = environment.infrastructurePipeline;
  return {
    pipelineName: definitionNameOf(environment.imageName, "infrastructure"),
    folder: pipelineFolder,
    source,
    yamlPath: path,
    stack: inOwnOrganization(pulumi.getStack()),
    ...(await findInfrastructureAccess(source.projectId, names)),
  };
}
