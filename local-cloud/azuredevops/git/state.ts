import * as z from "zod";

/** A Git repository, but for what Git knows of it: its commits, its branches and which of them is the default one. */
export const repositoryForm = z.strictObject({
  id: z.string(),
  projectId: z.string(),
  name: z.string(),
  isDisabled: z.boolean(),
});

export type Repository = z.output<typeof repositoryForm>;
