import { z } from "zod";
import {
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
} from "../components/names";
import { condaChannelProblem } from "../environment/solve/channels";

/** A text that a service's naming rule accepts. */
function named(rule: NameRule) {
  return z.string().regex(rule.pattern, { error: ({ input }) => `${JSON.stringify(input)} must be ${rule.text}` });
}

/** A text that is there and not blank. */
const required = z.string().regex(/\S/, { error: "is not set", abort: true });

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

/** A path in the repository: relative, with forward slashes. */
const repositoryPath = required.regex(/^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[^\\]+$/, {
  error: ({ input }) => `${JSON.stringify(input)} must be a path inside the repository, with forward slashes`,
});

/** A channel that packages can be taken from. A secret in it is not repeated. */
const condaChannel = required.refine((value) => condaChannelProblem(value) === undefined, {
  error: ({ input }) => `cannot be used: ${condaChannelProblem(String(input))}`,
});

/** A list of paths in the repository. */
const repositoryPaths = z.array(repositoryPath, {
  error: ({ input }) => `${JSON.stringify(input)} must be a list of paths`,
});

const repository = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({
      kind: z.literal("azureRepos"),
      name: required,
      defaultBranch: required.default("main"),
    }),
    z.strictObject({
      kind: z.literal("gitHub"),
      name: z.string().regex(/^[\w.-]+\/[\w.-]+$/, {
        error: ({ input }) => `${JSON.stringify(input)} must be a GitHub repository: owner/name`,
      }),
      defaultBranch: required.default("main"),
      serviceConnection: required,
    }),
  ],
  { error: unknownKind("azureRepos", "gitHub") },
);

const registry = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({
      kind: z.literal("new"),
      name: named(registryNameRule),
      sku: z
        .enum(["Basic", "Standard", "Premium"], {
          error: ({ input }) => `${JSON.stringify(input)} must be Basic, Standard or Premium`,
        })
        .default("Basic"),
    }),
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

const environmentPolicy = z.enum(["error", "warn", "off"], {
  error: ({ input }) => `${JSON.stringify(input)} must be error, warn or off`,
});

const connectionScheme = z.enum(["workloadIdentityFederation", "servicePrincipal"], {
  error: ({ input }) => `${JSON.stringify(input)} must be workloadIdentityFederation or servicePrincipal`,
});

/** The pipeline that runs this program; none unless it is set. */
const infrastructurePipeline = z
  .strictObject({
    path: repositoryPath.optional(),
    azureConnection: required.optional(),
    variableGroup: required.optional(),
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
  const choices = `${kinds.slice(0, -1).join(", ")} or ${kinds.at(-1)}`;
  return ({ input }: { input?: unknown }) => {
    const kind = typeof input === "object" && input !== null && "kind" in input ? input.kind : undefined;
    return kind === undefined ? `is not set: it must be ${choices}` : `${JSON.stringify(kind)} must be ${choices}`;
  };
}

/** The settings of this program, as in `Pulumi.yaml`: names, types and rules. */
export const settingsSchema = z.strictObject({
  project: required,
  repository,
  registry,
  resourceGroup: z.union([z.literal("").transform(() => undefined), named(resourceGroupNameRule)]),
  imageName: named(repositoryNameRule),
  baseImage: required,
  condaChannel,
  dockerfile: required,
  condaFile: repositoryPath,
  lockFolder: z.string().transform(emptyAsUndefined),
  trainingFiles: repositoryPaths,
  scoringFiles: repositoryPaths,
  environmentPolicy,
  builder: z.string().transform(emptyAsUndefined),
  buildId: tagValue("build"),
  amlSdkVersion: tagValue("amlsdk"),
  githubRelease: tagValue("release"),
  serviceConnection: z.strictObject({
    name: named(serviceConnectionNameRule).default("acrconnection"),
    scheme: connectionScheme.default("workloadIdentityFederation"),
  }),
  pipelineFolder: named(pipelineFolderRule),
  imageBuildPipeline: repositoryPath,
  modelPipeline: repositoryPath,
  infrastructurePipeline,
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
] as const;

/** The settings of a branch environment's stack. */
export const branchSettingsSchema = settingsSchema
  .omit({ registry: true, resourceGroup: true, serviceConnection: true, imageName: true, infrastructurePipeline: true })
  .extend({ branchEnvironment });

/** The settings, valid: what the program works with. */
export type Settings = z.output<typeof settingsSchema> | z.output<typeof branchSettingsSchema>;
