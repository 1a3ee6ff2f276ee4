import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import type { LeftOutputs } from "../common/outputs";
import { leftOutputs } from "../common/outputs-schema";

/** What this stack put out when it was last up, or what a destroy that failed has left of that. */
export interface OwnOutputs extends LeftOutputs {
  /** The only model pipeline of a stack that was last up when there could be no other. */
  modelPipeline?: NonNullable<LeftOutputs["imageBuildPipeline"]>;
}

const ownOutputs = leftOutputs.extend({ modelPipeline: leftOutputs.shape.imageBuildPipeline });

/** The same where another program may put out other things by these names, which say nothing of a job container. */
const anyOutputs = z.preprocess(ofOurForm, ownOutputs);

/** Reads what this stack put out when it was last up, as a stack reference reads another stack. */
export async function readOwnOutputs(): Promise<OwnOutputs> {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const { outputs } = await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name });
  return anyOutputs.parse(outputs);
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

function ofOurForm(outputs: unknown): unknown {
  const shape: Record<string, z.ZodType> = ownOutputs.shape;
  const all = Object.entries(z.record(z.string(), z.unknown()).parse(outputs));
  return Object.fromEntries(all.filter(([name, value]) => shape[name]?.safeParse(value).success));
}
