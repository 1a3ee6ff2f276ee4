import * as z from "zod";

/** A branch policy: what the policy API calls a configuration. */
export const policyForm = z.strictObject({
  id: z.int(),
  projectId: z.string(),
  typeId: z.string(),
  isEnabled: z.boolean(),
  isBlocking: z.boolean(),
  /** Deleted ones are still found by their number. */
  isDeleted: z.boolean(),
  revision: z.int(),
  createdDate: z.string(),
  settings: z.record(z.string(), z.unknown()),
});

export type Policy = z.output<typeof policyForm>;
