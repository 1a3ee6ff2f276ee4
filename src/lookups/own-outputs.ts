import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { StackOutputs } from "../common/outputs";
import { stackOutputs } from "../common/outputs-schema";

type Output<Name extends keyof StackOutputs> = Partial<NonNullable<StackOutputs[Name]>>;

/**
 * What this stack put out when it was last up, as far as the next update goes by it. Before the first update it is empty.
 * A destroy that failed on the way leaves outputs without what comes from resources that it had deleted by then: an id, for
 * example. Only what the settings say is always there, as names and paths are.
 */
export interface OwnOutputs {
  registry?: Output<"registry">;
  serviceConnection?: Output<"serviceConnection">;
  pushConnection?: Output<"pushConnection">;
  imageBuildPipeline?: Output<"imageBuildPipeline">;
  infrastructurePipeline?: Output<"infrastructurePipeline">;
  modelPipelines?: (Partial<StackOutputs["modelPipelines"][number]> & { path: string })[];
  /** The only model pipeline of a stack that was last up when there could be no other. */
  modelPipeline?: Output<"imageBuildPipeline">;
}

const { shape } = stackOutputs;
const pipeline = shape.imageBuildPipeline.partial();
const connection = shape.serviceConnection.partial();
const ownOutputs = z
  .object({
    registry: shape.registry.partial(),
    ...{ serviceConnection: connection, pushConnection: connection },
    ...{ imageBuildPipeline: pipeline, infrastructurePipeline: pipeline, modelPipeline: pipeline },
    modelPipelines: z.array(shape.modelPipelines.element.partial().required({ path: true })),
  })
  .partial() satisfies z.ZodType<OwnOutputs>;

/** Reads what this stack put out when it was last up, as a stack reference reads another stack. */
export async function readOwnOutputs(): Promise<OwnOutputs> {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const { outputs } = await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name });
  return ownOutputs.parse(outputs);
}

/** The path of the stack's model pipeline, if it was the only one; undefined if that is not known. */
export function onlyModelPath({ modelPipelines = [] }: OwnOutputs): string | undefined {
  const [only, ...others] = modelPipelines;
  return only?.adopted === undefined && others.length === 0 ? only?.path : undefined;
}

/** Ids of the definitions that this stack made. */
export function ownDefinitions(own: OwnOutputs): Set<string> {
  const models = (own.modelPipelines ?? []).filter(({ adopted }) => adopted === undefined);
  const all = [own.imageBuildPipeline, own.infrastructurePipeline, own.modelPipeline, ...models];
  return new Set(all.flatMap((pipeline) => pipeline?.id ?? []));
}
