import type * as z from "zod";
import type { EnvironmentDefinition } from "../rules/environment-definition";
import type { ModelPipelineSettings } from "../rules/model-pipelines";
import { defaults } from "./defaults";
import { baseSettings, branchSettingsSchema, settingsSchema } from "./schema";
import { defaultError } from "./values";

/** A stack's settings, in the groups that the program takes them in. */
export type Settings = z.output<typeof baseStack> | z.output<typeof branchStack>;

const baseStack = settingsSchema.transform(
  (
    {
      registry,
      resourceGroup,
      imageName,
      serviceConnection,
      infrastructurePipeline,
      azureMlEnvironment,
      protect,
      branchEnvironment: _,
      ...common
    },
    context,
  ) => ({
    ...grouped(common),
    environment: {
      kind: "base" as const,
      ...{ registry, resourceGroup, imageName, serviceConnection, infrastructurePipeline, protect },
      azureMlEnvironment: inWorkspace(azureMlEnvironment, registry, context),
    },
  }),
);

/** An Azure ML environment, and the workspace that it is registered in. */
export interface AzureMlEnvironmentSettings {
  /** Name of the environment in the workspace. */
  name: string;
  /** Name of the Azure ML workspace. */
  workspace: string;
  /** The workspace's resource group. */
  resourceGroup: string;
}

/** Without a workspace of its own it is in the registry's, which only a workspace's registry has. */
function inWorkspace(
  { name, workspace, resourceGroup }: Partial<AzureMlEnvironmentSettings>,
  registry: z.output<typeof settingsSchema>["registry"],
  { addIssue }: z.RefinementCtx,
): AzureMlEnvironmentSettings | undefined {
  if (name === undefined) return undefined;
  if (workspace !== undefined && resourceGroup !== undefined) return { name, workspace, resourceGroup };
  if (registry.kind === "workspace") {
    return { name, workspace: registry.workspace, resourceGroup: registry.resourceGroup };
  }
  addIssue({
    code: "custom",
    path: ["azureMlEnvironment", "workspace"],
    message: "is not set, and the registry is no workspace's: name the Azure ML workspace, and its resourceGroup",
  });
  return undefined;
}

const branchStack = branchSettingsSchema.transform(({ branchEnvironment, ...common }) => ({
  ...grouped(common),
  environment: { kind: "branch" as const, ...branchEnvironment },
}));

function grouped<Common extends EnvironmentDefinition & PipelineSettings>(common: Common) {
  const { dockerfile, buildContext, baseImage, condaFile, lockFolder, condaChannel, platforms, ...rest } = common;
  const { modelPipeline, modelPipelines, ...others } = rest;
  const definition: EnvironmentDefinition = {
    ...{ dockerfile, buildContext, baseImage, condaFile, lockFolder, condaChannel, platforms },
  };
  return { ...others, definition, modelPipelines: allModelPipelines({ modelPipeline, modelPipelines }) };
}

/** The two settings of which one says what the model pipelines are. */
interface PipelineSettings {
  modelPipeline?: string;
  modelPipelines: Omit<ModelPipelineSettings, "kind">[];
}

function allModelPipelines({ modelPipeline, modelPipelines }: PipelineSettings): ModelPipelineSettings[] {
  if (modelPipelines.length > 0) return modelPipelines.map((one) => ({ kind: "listed", ...one }));
  return [{ kind: "only", path: modelPipeline ?? defaults.modelPipeline }];
}

/**
 * Reads the settings by the schema of what the stack is: a base environment's, or that of a branch, which does not look
 * at those that are the base's.
 *
 * @param settings by name; objects and lists are parsed
 */
export function parseSettings(settings: Record<string, unknown>): z.ZodSafeParseResult<Settings> {
  const params = { error: defaultError, reportInput: true };
  if (isBase(settings)) return baseStack.safeParse(settings, params);
  const own = Object.entries(settings).filter(([name]) => !baseSettings.includes(name));
  return branchStack.safeParse(Object.fromEntries(own), params);
}

function isBase({ branchEnvironment = {} }: Record<string, unknown>): boolean {
  return (
    typeof branchEnvironment === "object" && branchEnvironment !== null && Object.keys(branchEnvironment).length === 0
  );
}
