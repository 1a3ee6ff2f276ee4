import { z } from "zod";

/** A Git repository, but for what is in it: its commits and files are kept as `RepositoryContents`. */
export const repositoryForm = z.strictObject({
  id: z.string(),
  projectId: z.string(),
  name: z.string(),
  /** "refs/heads/main"; absent while the repository is empty. */
  defaultBranch: z.string().optional(),
  isDisabled: z.boolean(),
  /** Branches and tags by full name: the commit each points to. */
  refs: z.record(z.string(), z.string()),
});

export type Repository = z.output<typeof repositoryForm>;
