import { z } from "zod";
import { condaChannelProblem } from "../conda/solve/channels";
import { ImageError } from "../image/error";
import { parseReference } from "../image/reference";
import {
  azureDevOpsNameRule,
  branchRule,
  environmentNameRule,
  type NameRule,
  pipelineFolderRule,
  registryNameRule,
  repositoryNameRule,
  resourceGroupNameRule,
  serviceConnectionNameRule,
  stackNameRule,
  tagRule,
  workspaceNameRule,
} from "../rules/names";

/** A text that a service's naming rule accepts. */
function named(rule: NameRule) {
  return z.string().regex(rule.pattern, { error: ({ input }) => `${JSON.stringify(input)} must be ${rule.text}` });
}

/** A text that is there and not blank. */
const required = z.string().regex(/\S/, { error: "is not set", abort: true });

/** A text that is there and that a service's naming rule accepts. */
function requiredName({ pattern, text }: NameRule) {
  return required.regex(pattern, { error: ({ input }) => `${JSON.stringify(input)} must be ${text}` });
}

/** A text of which no character does anything in a shell, in YAML or in a pipeline's macro. */
const inert = /^[^"$`\\\p{Cc}]*$/u;

/** A path that pipelines and builds are given. */
const path = z.string().regex(inert, {
  error: ({ input }) =>
    `${JSON.stringify(input)} must be a path with forward slashes, without ", $, \` and control characters`,
  abort: true,
});

const requiredPath = path.regex(/\S/, { error: "is not set", abort: true });

/** A tag without its prefix, or nothing. The prefix never makes a valid rest invalid, except by its length. */
function tagValue(prefix: string) {
  return z
    .string()
    .refine((value) => value === "" || tagRule.pattern.test(`${prefix}-${value}`), {
      error: ({ input }) => `${JSON.stringify(input)} makes the tag "${prefix}-${input}", and a tag is ${tagRule.text}`,
    })
    .transform(emptyAsUndefined);
}

function emptyAsUndefined(value: string): string | undefined {
  return value === "" ? undefined : value;
}

/** One of several words. */
function oneOf<const Words extends [string, ...string[]]>(...words: Words) {
  return z.enum(words, { error: ({ input }) => `${JSON.stringify(input)} must be ${choicesOf(words)}` });
}

function choicesOf(words: string[]): string {
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

const yesOrNo = z.boolean({ error: ({ input }) => `${JSON.stringify(input)} must be true or false` });

/** A path in the repository: relative, with forward slashes. */
const repositoryPath = requiredPath.regex(/^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))/, {
  error: ({ input }) => `${JSON.stringify(input)} must be a path inside the repository`,
});

/** An image's name. */
const imageReference = required.superRefine((value, { addIssue }) => {
  try {
    parseReference(value);
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    addIssue({ code: "custom", message: error.message });
  }
});

/** A channel that packages can be taken from. A secret in it is not repeated. */
const condaChannel = required.refine((value) => condaChannelProblem(value) === undefined, {
  error: ({ input }) => `cannot be used: ${condaChannelProblem(String(input))}`,
});

/** A list of paths in the repository. */
const repositoryPaths = z.array(repositoryPath, {
  error: ({ input }) => `${JSON.stringify(input)} must be a list of paths`,
});

/** The name of a service connection that exists. Azure DevOps takes more characters than those that are made here have. */
const connectionName = required.regex(inert, {
  error: ({ input }) => `${JSON.stringify(input)} must be a name without ", $, \`, \\ and control characters`,
});

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
    sku: oneOf("Basic", "Standard", "Premium").default("Basic"),
    permissionMode: oneOf("LegacyRegistryPermissions", "AbacRepositoryPermissions").optional(),
    retentionDays: z
      .int({ error: ({ input }) => `${JSON.stringify(input)} must be a whole number of days` })
      .refine((days) => days >= 0 && days <= 365, {
        error: ({ input }) => `${JSON.stringify(input)} must be 0 to 365 days`,
      })
      .optional(),
    publicNetworkAccess: oneOf("Enabled", "Disabled").optional(),
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

const environmentPolicy = oneOf("error", "warn", "off");

/** What the name of the connection that pushes has besides, and the longest name that leaves room for it. */
const longestConnectionName = 120 - "-push".length;

const serviceConnection = z
  .strictObject({
    name: named(serviceConnectionNameRule).default("acrconnection"),
    scheme: oneOf("workloadIdentityFederation", "servicePrincipal").default("workloadIdentityFederation"),
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
  }));

/** The pipeline that runs this program; none unless it is set. */
const infrastructurePipeline = z
  .strictObject({
    path: repositoryPath.optional(),
    azureConnection: connectionName.optional(),
    variableGroup: connectionName.optional(),
  })
  .refine((setting) => setting.azureConnection !== undefined || Object.keys(setting).length === 0, {
    path: ["azureConnection"],
    error: "is not set: it must name the service connection to Azure that the pipeline deploys through",
  })
  .transform(({ path = "pipelines/infrastructure.yml", azureConnection, variableGroup }) =>
    azureConnection === undefined ? undefined : { path, azureConnection, variableGroup },
  );

/** What makes a stack that of a branch: `npm run env` sets it. */
const branchEnvironment = z.strictObject({
  name: named(environmentNameRule),
  branch: required,
  base: required,
});

/** How branch environments are made: `npm run env` reads it. */
export const branches = z.strictObject({
  base: named(stackNameRule).default("dev"),
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

function unknownKind(...kinds: string[]) {
  const choices = choicesOf(kinds);
  return ({ input }: { input?: unknown }) => {
    const kind = typeof input === "object" && input !== null && "kind" in input ? input.kind : undefined;
    return kind === undefined ? `is not set: it must be ${choices}` : `${JSON.stringify(kind)} must be ${choices}`;
  };
}

/** The settings of this program, as in `Pulumi.yaml`: names, types and rules. */
export const settingsSchema = z.strictObject({
  project: requiredName(azureDevOpsNameRule),
  repository,
  registry,
  resourceGroup: z.union([z.literal("").transform(() => undefined), named(resourceGroupNameRule)]),
  imageName: named(repositoryNameRule),
  baseImage: imageReference,
  condaChannel,
  dockerfile: requiredPath,
  condaFile: repositoryPath,
  lockFolder: path.transform(emptyAsUndefined),
  trainingFiles: repositoryPaths,
  scoringFiles: repositoryPaths,
  environmentPolicy,
  builder: z.string().transform(emptyAsUndefined),
  buildId: tagValue("build"),
  amlSdkVersion: tagValue("amlsdk"),
  githubRelease: tagValue("release"),
  serviceConnection,
  pipelineFolder: named(pipelineFolderRule),
  imageBuildPipeline: repositoryPath,
  modelPipeline: repositoryPath,
  infrastructurePipeline,
  protect: yesOrNo,
  branches,
  branchEnvironment: z.strictObject({}).transform(() => undefined),
});

/** Settings of what a base environment owns: a branch environment shares it. */
export const baseSettings = [
  "registry",
  "resourceGroup",
  "serviceConnection",
  "imageName",
  "infrastructurePipeline",
  "protect",
] as const;

/** The settings of a branch environment's stack. */
export const branchSettingsSchema = settingsSchema
  .omit({
    registry: true,
    resourceGroup: true,
    serviceConnection: true,
    imageName: true,
    infrastructurePipeline: true,
    protect: true,
  })
  .extend({ branchEnvironment });

/** The settings, valid: what the program works with. */
export type Settings = z.output<typeof settingsSchema> | z.output<typeof branchSettingsSchema>;
