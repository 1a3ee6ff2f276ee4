import { setImmediate } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import type { InfrastructurePipelineArgs } from "../components/infrastructure-pipeline";
import type { BaseArgs, BranchArgs, JobContainer, JobContainerArgs } from "../components/job-container";
import type { AzureAccount } from "../components/registry-connection";
import { besides } from "./common/besides";
import type { ProgramOutputs } from "./common/outputs";
import { askAccount } from "./lookups/azure-account";
import { findBaseEnvironment } from "./lookups/base-environment";
import { pinImage } from "./lookups/base-image";
import { findBranchPush } from "./lookups/branch-push";
import { type LookupContext, providersOf } from "./lookups/context";
import { requireCreatable } from "./lookups/creatable-connection";
import { findInfrastructureAccess } from "./lookups/infrastructure-access";
import { findModelPipelines, type ModelPipelines } from "./lookups/model-pipelines";
import { inOwnOrganization } from "./lookups/own-organization";
import { type OwnOutputs, readOwnOutputs } from "./lookups/own-outputs";
import { requireOthers } from "./lookups/own-registry";
import { findPipelineSource, type PipelineSource } from "./lookups/pipeline-source";
import { warnOfQueueTimeVariables } from "./lookups/queue-time-variables";
import { findRegistry } from "./lookups/registry";
import { hasSharedConnection } from "./lookups/shared-connection";
import { startProvider } from "./lookups/start-provider";
import { findWorkspace } from "./lookups/workspace";
import { outputsOf } from "./program-outputs";
import { definitionNameOf } from "./rules/model-pipelines";
import {
  findBuildFiles,
  programsInImage,
  type ReadSettings,
  readCondaFiles,
  readPipelines,
  readRevision,
  readSettings,
  requireContainerUse,
  type StackSettings,
} from "./settings";
import type { SettingsArgs } from "./settings-args";

/** What programs in TypeScript can change of the resources besides: no other language passes functions. */
export type Transforms = JobContainerArgs["transform"] & {
  /** Of the pipeline that runs the program. */
  infrastructurePipeline?: InfrastructurePipelineArgs["transform"];
};

/** What a job container is made by, where a program passes it: the settings of a stack, as plain values. */
export interface JobContainerSettings extends SettingsArgs {
  /** Changes what the components pass to their resources. TypeScript only. Default: nothing. */
  transform?: Transforms;
}

/** A job container that was declared. */
export interface DeclaredJobContainer {
  /** The component, with its parts. */
  jobContainer: JobContainer;
  /** What a stack puts out of it, for the commands and for its branch environments. */
  outputs: ProgramOutputs;
}

/**
 * Declares a job container by its settings: checks them, looks up what must exist, and makes one `JobContainer`, with the
 * infrastructure pipeline beside it if there is to be one. The stack's configuration has no part in it, but for what it
 * says of providers.
 *
 * @param name logical name
 * @param args plain values: all of them have to be known before anything is declared
 * @param opts of the component. What is looked up goes through its providers as well
 * @throws UserError that lists every argument that is wrong, or names what does not exist
 */
export async function createJobContainer(
  name: string,
  { transform, ...own }: JobContainerSettings,
  opts: pulumi.ComponentResourceOptions = {},
): Promise<DeclaredJobContainer> {
  return declareJobContainer(name, { own, configured: false, transform, account: askAccount(opts) }, opts);
}

/**
 * The same, with the settings of the stack's configuration if those are asked for.
 *
 * @param own settings of the program, which hold whatever the configuration says
 * @param account who runs Pulumi in Azure
 */
export async function declareJobContainer(
  name: string,
  {
    own,
    configured,
    transform,
    account: client,
  }: { own: Partial<SettingsArgs>; configured: boolean; transform?: Transforms; account: Promise<AzureAccount> },
  opts: pulumi.ComponentResourceOptions,
): Promise<DeclaredJobContainer> {
  const providers = providersOf(opts);
  const { organizationUrl, ...args } = own;
  const explicit = { azure: providers["azure-native"] !== undefined, azureDevOps: providers.azuredevops !== undefined };
  const read = await readSettings({ own: args, configured, organizationUrl, explicit });
  const { settings, nameOf } = read;
  const context: LookupContext = { nameOf, providers, named: (what) => besides(name, what) };
  const ownOutputs = readOwnOutputs();
  const found = findPipelineSource(
    settings.organizationUrl,
    settings.project,
    {
      ...settings.repository,
      ...(settings.environment.kind === "branch" && { defaultBranch: settings.environment.branch }),
    },
    context,
  );
  const [
    account,
    source,
    environment,
    baseImage,
    { amlSdkVersion },
    revision,
    readPipeline,
    components,
    infrastructure,
    { models, requireNew },
  ] = await Promise.all([
    client,
    found,
    findEnvironment(read, ownOutputs, client, context),
    pinImage(settings.definition.baseImage, context),
    readCondaFiles(settings, undefined, nameOf),
    readRevision(settings.definition),
    readPipelines(settings.modelPipelines),
    loadComponents(),
    found.then((source) => findInfrastructure(settings, source, context)),
    findModels(settings, found, ownOutputs, nameOf),
    warnOfOthers(settings, found),
    // When the others have been asked, so that it starts behind them, and while the program declares things.
    found.then(() => startProvider("docker-build", providers["docker-build"])),
  ]);
  requireContainerUse(
    settings.modelPipelines,
    environment.kind === "base" ? environment.connection.name : environment.shared.serviceConnection.name,
    () => programsInImage(settings.definition),
    readPipeline,
    nameOf,
  );
  if (hasNewConnection(environment, await ownOutputs) && !pulumi.runtime.isDryRun()) {
    pulumi.log.info(
      "the service connections are new. Azure needs some minutes until everybody knows their federated credentials and " +
        "roles: if a run is refused before (AADSTS70021, 401, 403), run it again.",
    );
  }
  const { infrastructurePipeline: infrastructureTransform, ...transforms } = transform ?? {};

  const jobContainer = new components.JobContainer(
    name,
    {
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
    },
    opts,
  );
  const infrastructurePipeline =
    infrastructure &&
    new components.InfrastructurePipeline(
      besides(name, "infrastructure"),
      { ...infrastructure, transform: infrastructureTransform },
      { parent: opts.parent, provider: opts.provider, providers: opts.providers },
    );
  return { jobContainer, outputs: outputsOf(jobContainer, environment, infrastructurePipeline) };
}

/** Whether the environment gets a service connection that it did not have when it was last up. */
function hasNewConnection(environment: BaseArgs | BranchArgs, own: OwnOutputs): boolean {
  if (environment.kind === "base") return own.serviceConnection?.id === undefined;
  const { id, name } = own.pushConnection ?? {};
  return environment.push !== undefined && (id === undefined || name !== environment.push.connectionName);
}

/** What the model pipelines need, of the project and its repository. */
async function findModels(
  { environment, modelPipelines, accessToken }: StackSettings,
  source: Promise<PipelineSource>,
  own: Promise<OwnOutputs>,
  nameOf: ReadSettings["nameOf"],
): Promise<ModelPipelines> {
  return findModelPipelines({
    nameOf,
    pipelines: modelPipelines,
    source: await source,
    accessToken,
    own: await own,
    environment: environment.kind,
    isProtected: environment.kind === "base" && environment.protect,
  });
}

/** Warns of what others may do to the pipelines of a base environment. */
async function warnOfOthers(
  { environment, organizationUrl, project, accessToken: token }: StackSettings,
  source: Promise<PipelineSource>,
): Promise<void> {
  if (environment.kind === "branch" || token === undefined) return;
  // What goes to the engine goes first: Node takes a while until it can ask.
  await setImmediate();
  await warnOfQueueTimeVariables({ organizationUrl, project, token }, source);
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
  { settings: { environment, isApplicationToken }, nameOf, namespaceOf }: ReadSettings,
  own: Promise<OwnOutputs>,
  account: Promise<AzureAccount>,
  context: LookupContext,
): Promise<BaseArgs | BranchArgs> {
  if (environment.kind === "branch") {
    const { base, ...branch } = environment;
    const [shared, { subscriptionId }] = await Promise.all([
      findBaseEnvironment(inOwnOrganization(base), context),
      account,
    ]);
    const push = findBranchPush(shared, branch.name, subscriptionId, context);
    return { ...branch, shared, ...(push && { push }) };
  }
  const { kind, resourceGroup, registry, serviceConnection, imageName, azureMlEnvironment, protect } = environment;
  // The registry is looked up while the stack's own outputs are read.
  const [foundRegistry, separatePush] = await Promise.all([
    registry.kind === "new"
      ? registry
      : account.then(({ subscriptionId }) => findRegistry(registry, subscriptionId, context)),
    own.then((outputs) => {
      requireCreatable(serviceConnection, outputs, isApplicationToken, nameOf("serviceConnection"));
      return serviceConnection.separatePush ?? !hasSharedConnection(outputs);
    }),
    azureMlEnvironment && findWorkspace(azureMlEnvironment, "azureMlEnvironment", context),
  ]);
  if (foundRegistry.kind === "existing") requireOthers(foundRegistry, await own, namespaceOf("registry"));
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
  context: LookupContext,
): Promise<InfrastructurePipelineArgs | undefined> {
  if (environment.kind === "branch" || !environment.infrastructurePipeline) return undefined;
  const { path, ...names } = environment.infrastructurePipeline;
  return {
    pipelineName: definitionNameOf(environment.imageName, "infrastructure"),
    folder: pipelineFolder,
    source,
    yamlPath: path,
    stack: inOwnOrganization(pulumi.getStack()),
    ...(await findInfrastructureAccess(source.projectId, names, context)),
  };
}
