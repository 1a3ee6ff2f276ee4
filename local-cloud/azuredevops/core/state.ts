import { z } from "zod";

export const visibilities = ["private", "public"] as const;

export const projectForm = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  visibility: z.enum(visibilities),
  /** The id of the process that it follows. */
  processId: z.string(),
  /** The services that are switched off in it. */
  disabledFeatures: z.array(z.string()),
  /** How often it was changed, its creation counted. */
  revision: z.int(),
  lastUpdateTime: z.string(),
});

export type Project = z.output<typeof projectForm>;
