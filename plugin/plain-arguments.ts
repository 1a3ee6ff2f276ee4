import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../src/common/errors";
import { asArgument } from "../src/common/name-of";

/**
 * The arguments as plain values. All that a job container is made by is checked and looked up before anything of it is
 * declared, so that none of it can be what only an update will know.
 *
 * @throws UserError that names each argument that is not known yet, or is a secret, which would be in plain text then
 */
export async function plainArguments(inputs: pulumi.Inputs): Promise<Record<string, unknown>> {
  const values = await pulumi.runtime.serializeProperties("the arguments", inputs);
  const problems = Object.entries(values).flatMap(([name, value]) => problemsOf(name, value));
  if (problems.length > 0) throw new UserError(problems.join("\n"));
  return values;
}

function problemsOf(path: string, value: unknown): string[] {
  if (value === pulumi.runtime.unknownValue) {
    return [`${asArgument(path)} is known only after an update: pass a value that the program has before`];
  }
  if (typeof value !== "object" || value === null) return [];
  if (pulumi.runtime.isRpcSecret(value)) {
    return [`${asArgument(path)} is a secret, and would be in plain text in resources: pass one that is none`];
  }
  return Object.entries(value).flatMap(([name, inner]) => problemsOf(`${path}.${name}`, inner));
}
