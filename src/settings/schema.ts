import * as z from "zod";
import { defaultPlatform, Platform } from "../common/platforms";
import { sameName } from "../common/same-name";
import {
  azureDevOpsNameRule,
  azureMlEnvironmentNameRule,
  branchRule,
  environmentNameRule,
  organizationStackNameRule,
  pipelineFolderRule,
  pipelineNameRule,
  registryNameRule,
  repositoryNameRule,
  resourceGroupNameRule,
  serviceConnectionNameRule,
  stackNameRule,
  workspaceNameRule,
} from "../rules/names";
import { ConnectionScheme, EnvironmentPolicy, PermissionMode, PublicNetworkAccess, RegistrySku } from "../rules/words";
import { defaults } from "./defaults";
import {
  condaChannel,
  connectionName,
  imageReference,
  insideRepository,
  listOf,
  named,
  oneOf,
  optional,
  optionalRepositoryPath,
  path,
  repositoryPath,
  repositoryPaths,
  required,
  requiredName,
  tagValue,
  unknownKind,
  yesOrNo,
} from "./values";

const repository = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({
      kind: z.literal("azureRepos"),
      name: requiredName(azureDevOpsNameRule),
      defaultBranch: requiredName(branchRule).default("main"),
    }),
    z.strictObject({
      kind: z.literal("gitHub"),
      name: z.string().regex(/^[a-z\d][a-z\d_-]*\/(?!\.{1,2}$)[\w.-]+$/i, {
        error: ({ input }) => `${JSON.stringify(input)} must be a GitHub repository: owner/name`,
      }),
      defaultBranch: requiredName(branchRule).default("main"),
      serviceConnection: connectionName,
    }),
  ],
  { error: unknownKind("azureRepos", "gitHub") },
);

const newRegistry = z
  .strictObject({
    kind: z.literal("new"),
    name: named(registryNameRule),
    sku: oneOf(RegistrySku).default("Basic"),
    permissionMode: oneOf(PermissionMode).optional(),
    retentionDays: z
      .int({ error: ({ input }) => `${JSON.stringify(input)} must be a whole number of days` })
      .refine((days) => days >= 0 && days <= 365, {
        error: ({ input }) => `${JSON.stringify(input)} must be 0 to 365 days`,
      })
      .optional(),
    publicNetworkAccess: oneOf(PublicNetworkAccess).optional(),
  })
  // https://learn.microsoft.com/azure/container-registry/container-registry-skus
  .superRefine(({ sku, retentionDays, publicNetworkAccess }, { addIssue }) => {
    if (sku === "Premium") return;
    const needsPremium = (setting: string, value: string | number) =>
      addIssue({
        code: "custom",
        path: [setting],
        message: `${JSON.stringify(value)} needs a Premium registry, but registry.sku is ${sku}: set that to Premium, or leave this out`,
      });
    if (retentionDays !== undefined) needsPremium("retentionDays", retentionDays);
    if (publicNetworkAccess === "Disabled") needsPremium("publicNetworkAccess", publicNetworkAccess);
  });

const registry = z.discriminatedUnion(
  "kind",
  [
    newRegistry,
    z.strictObject({
      kind: z.literal("workspace"),
      workspace: named(workspaceNameRule),
      resourceGroup: named(resourceGroupNameRule),
    }),
    z.strictObject({
      kind: z.literal("existing"),
      name: named(registryNameRule),
      resourceGroup: named(resourceGroupNameRule),
    }),
  ],
  { error: unknownKind("new", "workspace", "existing") },
);

/** What the name of the connection that pushes has besides, and the longest name that leaves room for it. */
const longestConnectionName = 120 - "-push".length;

const serviceConnection = z
  .strictObject({
    name: named(serviceConnectionNameRule).default(defaults.connectionName),
    scheme: oneOf(ConnectionScheme).default("workloadIdentityFederation"),
    separatePush: yesOrNo.optional(),
  })
  .refine(({ scheme, separatePush }) => scheme === "workloadIdentityFederation" || separatePush !== true, {
    path: ["separatePush"],
    error:
      "true needs the scheme workloadIdentityFederation: Azure DevOps gives every service principal that it creates the " +
      "role AcrPush. Set serviceConnection.scheme, or separatePush to false",
  })
  .refine(({ name, separatePush }) => separatePush === false || name.length <= longestConnectionName, {
    path: ["name"],
    error:
      `is longer than ${longestConnectionName} characters, and the connection that pushes is called the same with "-push" ` +
      "behind it: shorten it, or set serviceConnection.separatePush to false",
  })
  .transform(({ separatePush, ...connection }) => ({
    ...connection,
    separatePush: connection.scheme === "servicePrincipal" ? false : separatePush,
  }))
  .prefault({});

/** The pipeline that runs this program; none unless it is set. */
const infrastructurePipeline = z
  .strictObject({
    path: repositoryPath.optional(),
    azureConnection: connectionName.optional(),
    previewConnection: connectionName.optional(),
    variableGroup: connectionName.optional(),
    previewVariableGroup: connectionName.optional(),
  })
  .superRefine((setting, { addIssue }) => {
    if (Object.keys(setting).length === 0) return;
    const say = (name: keyof typeof setting, message: string) => addIssue({ code: "custom", path: [name], message });
    if (setting.azureConnection === undefined) {
      say(
        "azureConnection",
        "is not set: it must name the service connection to Azure that the pipeline deploys through",
      );
    }
    if (setting.previewConnection === undefined) {
      say(
        "previewConnection",
        "is not set: it must name a second service connection to Azure, whose identity can only read, for the previews " +
          "of pull requests (docs/pull-requests.md)",
      );
    }
    for (const [own, preview] of [
      ["azureConnection", "previewConnection"],
      ["variableGroup", "previewVariableGroup"],
    ] as const) {
      const [deploys, name] = [setting[own], setting[preview]];
      if (deploys === undefined || name === undefined || !sameName(deploys, name)) continue;
      say(preview, `${JSON.stringify(name)} is ${own} as well: a preview would get what deploys. Name another one`);
    }
  })
  .transform(({ path = "pipelines/infrastructure.yml", azureConnection, previewConnection, ...groups }) =>
    azureConnection === undefined || previewConnection === undefined
      ? undefined
      : { path, azureConnection, previewConnection, ...groups },
  )
  .prefault({});

/** The Azure ML environment that has the image; none unless it is set. Without a workspace it is the registry's. */
const azureMlEnvironment = z
  .strictObject({
    name: named(azureMlEnvironmentNameRule).optional(),
    workspace: named(workspaceNameRule).optional(),
    resourceGroup: named(resourceGroupNameRule).optional(),
  })
  .superRefine((setting, { addIssue }) => {
    const { name, workspace, resourceGroup } = setting;
    const say = (path: keyof typeof setting, message: string) => addIssue({ code: "custom", path: [path], message });
    if (name === undefined && Object.keys(setting).length > 0) {
      say("name", "is not set: it must be the name of the environment in the workspace, for example job-container");
    }
    if (workspace !== undefined && resourceGroup === undefined) {
      say("resourceGroup", `is not set: it must be the resource group of the workspace ${JSON.stringify(workspace)}`);
    }
    if (workspace === undefined && resourceGroup !== undefined) {
      say("workspace", "is not set, and resourceGroup is: name the workspace, or leave both out");
    }
  })
  .prefault({});

const noDefinition = {
  error: ({ input }: { input?: unknown }) =>
    `${JSON.stringify(input)} must be a definition's id (the number in its page's address) or its path, such as \\ml\\train`,
};

/** A definition that exists: its number, or its path. */
const definition = z.union(
  [
    z.int().positive(noDefinition),
    z
      .string()
      .regex(/^(?:[1-9]\d*|\\.*[^\\])$/, noDefinition)
      .transform((text) => (text.startsWith("\\") ? text : Number(text))),
  ],
  noDefinition,
);

/** One of the team's pipelines. */
const modelPipeline = z.strictObject({
  path: repositoryPath,
  name: named(pipelineNameRule).optional(),
  folder: named(pipelineFolderRule).optional(),
  adopt: definition.optional(),
});

/** What makes a stack that of a branch: `npx job-container env` sets it. */
const branchEnvironment = z.strictObject({
  name: named(environmentNameRule),
  branch: required,
  base: required,
});

/** How branch environments are made: `npx job-container env` reads it. */
export const branches = z.strictObject({
  base: named(organizationStackNameRule).default("dev"),
  stackName: z
    .string()
    .refine(
      (pattern) => pattern.includes("{environment}") && stackNameRule.pattern.test(stackNameOf(pattern, "b", "e")),
      {
        error: ({ input }) =>
          `${JSON.stringify(input)} must contain {environment}, may contain {base}, and is ${stackNameRule.text} otherwise`,
      },
    )
    .default("{base}-{environment}"),
  timeToLive: z
    .int({ error: ({ input }) => `${JSON.stringify(input)} must be a whole number of days` })
    .positive({ error: ({ input }) => `${JSON.stringify(input)} must be 1 or more days` })
    .optional(),
});

/** Name of a branch environment's stack, by the setting `branches.stackName`. */
export function stackNameOf(pattern: string, base: string, environment: string): string {
  return pattern.replaceAll("{environment}", () => environment).replaceAll("{base}", () => base);
}

/** Settings of every stack. One without a default has to be set, unless it is optional. */
const common = {
  project: requiredName(azureDevOpsNameRule),
  repository,
  baseImage: imageReference.default("mambaorg/micromamba:2.6.1-debian12-slim"),
  condaChannel: condaChannel.default("conda-forge"),
  dockerfile: repositoryPath.default(defaults.dockerfile),
  buildContext: optional(insideRepository),
  platforms: listOf(Platform).default([defaultPlatform]),
  condaFile: repositoryPath.default(defaults.condaFile),
  lockFolder: optional(path),
  trainingFiles: repositoryPaths.default([defaults.trainingFile]),
  scoringFiles: repositoryPaths.default([defaults.scoringFile]),
  environmentPolicy: oneOf(EnvironmentPolicy).default("error"),
  builder: optional(z.string()),
  buildId: tagValue("build"),
  amlSdkVersion: tagValue("amlsdk"),
  githubRelease: tagValue("release"),
  pipelineFolder: named(pipelineFolderRule).default("\\"),
  imageBuildPipeline: repositoryPath.default("docker/docker-image-pipeline.yml"),
  modelPipeline: optionalRepositoryPath,
  modelPipelines: z
    .array(modelPipeline, {
      error: ({ input }) => `${JSON.stringify(input)} must be a list of {path, name, folder, adopt}`,
    })
    .default([]),
  branches: branches.prefault({}),
};

/** Settings of what a base environment owns: a branch environment shares it. */
const ofBase = {
  registry,
  resourceGroup: z.union([z.literal("").transform(() => undefined), named(resourceGroupNameRule)]).optional(),
  imageName: named(repositoryNameRule).default("mlops/diabetes_regression"),
  serviceConnection,
  infrastructurePipeline,
  azureMlEnvironment,
  protect: yesOrNo.default(true),
};

/** The settings of a base environment's stack, by name, with their rules and defaults. `Pulumi.yaml` declares the same. */
export const settingsSchema = z.strictObject({
  ...common,
  ...ofBase,
  branchEnvironment: z.strictObject({}).prefault({}),
});

/** The settings of a branch environment's stack. */
export const branchSettingsSchema = z.strictObject({ ...common, branchEnvironment });

/** Names of the settings that a branch environment's stack does not have: the base environment's hold. */
export const baseSettings = Object.keys(ofBase);

/** Names of the settings that are not texts. Pulumi hands them over as JSON. */
export const jsonSettings = new Set(
  Object.entries(settingsSchema.shape).flatMap(([name, setting]) => (isText(setting) ? [] : [name])),
);

function isText(setting: z.core.$ZodType): boolean {
  if (setting instanceof z.core.$ZodPipe) return isText(setting._zod.def.in);
  if (setting instanceof z.core.$ZodOptional || setting instanceof z.core.$ZodDefault) {
    return isText(setting._zod.def.innerType);
  }
  if (setting instanceof z.core.$ZodPrefault) return isText(setting._zod.def.innerType);
  if (setting instanceof z.core.$ZodUnion) return setting._zod.def.options.every(isText);
  return (
    setting instanceof z.core.$ZodString || setting instanceof z.core.$ZodEnum || setting instanceof z.core.$ZodLiteral
  );
}
