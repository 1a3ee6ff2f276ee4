import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { lookUp } from "./look-up";

const connection = z.object({ id: z.string(), name: z.string() });

/** The outputs of a base environment's stack that its branch environments go by. */
const outputs = z.object({
  registry: z.object({ id: z.string(), name: z.string(), loginServer: z.string() }),
  image: z.object({ repository: z.string() }),
  serviceConnection: connection,
  /** Absent where both pipelines share one. */
  pushConnection: connection.optional(),
});

/** What a base environment has, and its branch environments share. */
export type BaseEnvironment = z.output<typeof outputs>;

/**
 * Reads what the stack of a base environment has put out.
 *
 * @param stack `organization/project/stack`
 * @throws UserError if there is no such stack, or it is not up
 */
export function findBaseEnvironment(stack: string): Promise<BaseEnvironment> {
  return lookUp(`the base environment's stack "${stack}"`, "branchEnvironment.base", read(stack));
}

async function read(stack: string): Promise<BaseEnvironment> {
  const reference = new pulumi.StackReference(stack);
  const names = Object.keys(outputs.shape);
  const values = await Promise.all(names.map((name) => reference.getOutputDetails(name)));
  const result = outputs.safeParse(Object.fromEntries(names.map((name, index) => [name, values[index]?.value])));
  if (result.success) return result.data;
  const missing = [...new Set(result.error.issues.map(({ path }) => String(path[0])))];
  throw new Error(`it has no ${missing.join(" and no ")} among its outputs: bring it up first`);
}
