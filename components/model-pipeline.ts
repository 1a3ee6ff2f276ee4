import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import type { PlannedDefinition } from "../src/lookups/new-definition";
import { resourceHook } from "../src/pulumi/hooks";
import { contractHooks } from "../src/pulumi/image-contract";
import { imageVariable } from "../src/rules/names";
import type { ContainerImage } from "./container-image";
import { Pipeline, type PipelineArgs } from "./pipeline";

export interface ModelPipelineArgs extends PipelineArgs {
  /** The image that its jobs run in. */
  image: ContainerImage;
  /** Throws if its definition cannot be made: asked in previews, and only before one is made. Default: it is not asked. */
  requireNew?: (definition: PlannedDefinition) => Promise<void>;
}

/**
 * The team's CI, whose jobs run in the job container. Its YAML file names the image `$(jobContainerImage)`, which the
 * agent expands before it pulls: the repository with the digest that this stack built, without the registry's host,
 * which the agent takes from the service connection. The definition gets an image only after that was checked.
 */
export class ModelPipeline extends Pipeline {
  /** Path of its YAML file, from the repository root. */
  readonly path: string;
  /** Its definition is the stack's own. */
  readonly isAdopted = false;

  constructor(name: string, args: ModelPipelineArgs, opts?: pulumi.ComponentResourceOptions) {
    const { repository, digest } = args.image;
    const contract = contractHooks(`contract of ${name}'s image`, args.image, imageIn);
    super(
      "mlops:index:ModelPipeline",
      name,
      args,
      [{ name: imageVariable, value: pulumi.interpolate`${repository}@${digest}`, allowOverride: false }],
      opts,
      {
        hooks: {
          ...contract,
          ...(args.requireNew && {
            beforeCreate: [newDefinitionHook(name, args.requireNew), ...contract.beforeCreate],
          }),
        },
      },
    );
    this.path = args.yamlPath;
  }
}

function newDefinitionHook(name: string, requireNew: (definition: PlannedDefinition) => Promise<void>) {
  return resourceHook(
    `definition of ${name}`,
    ({ newInputs }) => {
      const { name, path, repository } = plannedForm.parse(newInputs);
      return requireNew({ name, folder: path, path: repository.ymlPath });
    },
    { onDryRun: true },
  );
}

const plannedForm = z.object({ name: z.string(), path: z.string(), repository: z.object({ ymlPath: z.string() }) });

/** The image in the inputs of a definition. */
export function imageIn({ variables }: Record<string, unknown>): string | undefined {
  const all: unknown[] = Array.isArray(variables) ? variables : [];
  for (const variable of all) {
    if (typeof variable !== "object" || variable === null || !("name" in variable && "value" in variable)) continue;
    if (variable.name === imageVariable && typeof variable.value === "string") return variable.value;
  }
  return undefined;
}
