import { createHash } from "node:crypto";

/** The longest name of a service connection: see `serviceConnectionNameRule`. */
const longest = 120;

/**
 * The name of the service connection through which a branch environment pushes: the base environment's with the
 * environment's behind it. Where the rule for connections does not take that, what is left of it, with a hash behind three
 * `_`, which no environment's name has: no two environments of a base ever have the same.
 *
 * @param pushConnection name of the base environment's connection that pushes
 */
export function branchConnectionName(pushConnection: string, environment: string): string {
  const plain = `${pushConnection}-${environment}`;
  if (plain.length <= longest && !environment.includes(".")) return plain;
  const end = `___${createHash("sha256").update(plain).digest("hex").slice(0, 10)}`;
  return plain.replaceAll(".", "-").slice(0, longest - end.length) + end;
}
