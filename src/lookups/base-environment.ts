import * as pulumi from "@pulumi/pulumi";
import type { StackOutputs } from "../common/outputs";
import { missingOutputs, stackOutputs } from "../common/outputs-schema";
import { type LookupContext, nameOf } from "./context";
import { lookUp } from "./look-up";

/** The outputs of a base environment's stack that its branch environments go by. */
const outputs = stackOutputs
  .pick({
    registry: true,
    resourceGroup: true,
    serviceConnection: true,
    pushConnection: true,
    azureMlEnvironment: true,
  })
  .extend({ image: stackOutputs.shape.image.pick({ repository: true }) });

/** What a base environment has, and its branch environments share. */
export interface BaseEnvironment
  extends Pick<
    StackOutputs,
    "registry" | "resourceGroup" | "serviceConnection" | "pushConnection" | "azureMlEnvironment"
  > {
  /** Its image. */
  image: Pick<StackOutputs["image"], "repository">;
}

/**
 * Reads what the stack of a base environment has put out.
 *
 * @param stack `organization/project/stack`
 * @throws UserError if there is no such stack, or it is not up
 */
export function findBaseEnvironment(stack: string, context: LookupContext = {}): Promise<BaseEnvironment> {
  return lookUp(
    `the base environment's stack "${stack}"`,
    nameOf(context, "branchEnvironment.base"),
    read(stack, context),
  );
}

async function read(stack: string, { named = String }: LookupContext): Promise<BaseEnvironment> {
  const reference = new pulumi.StackReference(named(stack), { name: stack });
  const names = Object.keys(outputs.shape);
  const values = await Promise.all(names.map((name) => reference.getOutputDetails(name)));
  const result = outputs.safeParse(Object.fromEntries(names.map((name, index) => [name, values[index]?.value])));
  if (result.success) return result.data;
  throw new Error(`it has no ${missingOutputs(result.error).join(" and no ")} among its outputs: bring it up first`);
}
