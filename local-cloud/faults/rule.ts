import * as z from "zod";

/** What a request meets. */
const fault = z.discriminatedUnion("kind", [
  /** A refusal instead of the work. `retryAfter`: seconds, as a header. */
  z.strictObject({
    kind: z.literal("status"),
    status: z.literal([429, 500, 503]),
    retryAfter: z.number().int().min(0).optional(),
  }),
  z.strictObject({
    /**
     * - `reset`: the connection is reset instead of the work.
     * - `hang`: nothing is done and nothing answered, until the rule is removed.
     * - `truncate`: the work is done, and the connection ends in the middle of the answer's body.
     * - `lost`: the work is done, and the connection is reset instead of the answer.
     * - `withheld`: the work is done and nothing answered, until the rule is removed.
     */
    kind: z.enum(["reset", "hang", "truncate", "lost", "withheld"]),
  }),
  /** The work is done so much later. */
  z.strictObject({ kind: z.literal("slow"), milliseconds: z.number().int().min(1).max(600_000) }),
  /**
   * What was made is known only so much later where it is used: role assignments by registries, federated credentials by
   * Entra ID. No request meets it, so that `method`, `path` and `when` say nothing. Of the service `azure` only.
   */
  z.strictObject({ kind: z.literal("late"), milliseconds: z.number().int().min(1).max(600_000) }),
]);

/** Every service of a local cloud that answers over HTTP itself. A container registry is called by its name. */
const service = z.union([
  z.enum(["azureDevOps", "azure", "publicRegistry", "channel"]),
  z.templateLiteral(["registry:", z.string().min(1)]),
]);

/** A rule by which faults are injected into a local cloud. */
export const faultRule = z.strictObject({
  service,
  /** HTTP method, in capitals. Default: any. */
  method: z
    .string()
    .regex(/^[A-Z]+$/)
    .optional(),
  /** Regular expression that is looked for in the request's path with its query. Default: any path. */
  path: z.string().refine(isPattern, "is not a regular expression").optional(),
  fault,
  /** Which of the requests that fit. Default: all. */
  when: z
    .union([
      z.strictObject({ first: z.number().int().min(1) }),
      /** At random; the same seed makes the same choices. */
      z.strictObject({ probability: z.number().gt(0).max(1), seed: z.number().int() }),
    ])
    .optional(),
});

export type Fault = z.output<typeof fault>;
export type Service = z.output<typeof service>;
export type FaultRule = z.output<typeof faultRule>;

/** A rule that is in force, and what it has done so far. */
export interface FaultRuleStatus extends FaultRule {
  id: number;
  /** How many requests fitted it. */
  seen: number;
  /** How many of them met the fault. */
  hit: number;
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
