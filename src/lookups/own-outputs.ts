import * as pulumi from "@pulumi/pulumi";
import type { StackOutputs } from "../common/outputs";
import { stackOutputs } from "../common/outputs-schema";

/** What this stack put out when it was last up, of what the next update goes by. Before the first one it is empty. */
const ownOutputs = stackOutputs
  .pick({
    serviceConnection: true,
    pushConnection: true,
    imageBuildPipeline: true,
    infrastructurePipeline: true,
    modelPipelines: true,
  })
  // The only model pipeline of a stack that was last up when there could be no other.
  .extend({ modelPipeline: stackOutputs.shape.imageBuildPipeline })
  .partial();

/** In words that need no zod, for the package's declarations have none. */
export type OwnOutputs = Partial<
  Pick<
    StackOutputs,
    "serviceConnection" | "pushConnection" | "imageBuildPipeline" | "infrastructurePipeline" | "modelPipelines"
  > & {
    modelPipeline: StackOutputs["imageBuildPipeline"];
  }
>;

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
