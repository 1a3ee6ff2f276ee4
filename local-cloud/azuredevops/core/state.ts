import { z } from "zod";

export const projectForm = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  lastUpdateTime: z.string(),
});

export type Project = z.output<typeof projectForm>;
