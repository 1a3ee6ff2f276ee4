import * as pulumi from "@pulumi/pulumi";
import type { StackOutputs } from "../common/outputs";
import { stackOutputs } from "../common/outputs-schema";

/** The outputs of the last update that the next one goes by. */
const kept = {
  registry: true,
  serviceConnection: true,
  pushConnection: true,
  imageBuildPipeline: true,
  infrastructurePipeline: true,
  modelPipelines: true,
} as const;

/** What this stack put out when it was last up. Before the first update it is empty. */
export type OwnOutputs = Partial<
  Pick<StackOutputs, keyof typeof kept> & {
    /** The only model pipeline of a stack that was last up when there could be no other. */
    modelPipeline: StackOutputs["imageBuildPipeline"];
  }
>;

// Only its type is exported, in words that need no zod: the package's declarations have none.
const ownOutputs = stackOutputs.pick(kept).extend({ modelPipeline: stackOutputs.shape.imageBuildPipeline }).partial();

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
