import * as z from "zod";

const variable = z.object({
  name: z.string(),
  /** In plain text. A secret's value is in `secretValue` instead. */
  value: z.string().default(""),
  isSecret: z.boolean().default(false),
});

/** The variables that a definition or a variable group has, each as yet unread. */
export function variablesOf({ variables }: Record<string, unknown>): unknown[] {
  return z.array(z.unknown()).default([]).parse(variables);
}

/** Reads a variable. */
export function readVariable(input: unknown): z.output<typeof variable> {
  return variable.parse(input);
}
