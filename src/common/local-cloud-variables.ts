import * as z from "zod";

/** The folder that a local cloud keeps its state in unless another is named, in the folder where it was started. */
export const localCloudFolder = ".local-cloud";

/** The file in that folder by which a local cloud that runs tells commands how they find it. */
export const variablesFile = "variables.json";

/** What that file says. It is read as data: a team's repository has no code of the local cloud. */
export const localCloudVariables = z.object({
  /** The process that ends when the local cloud does. Its start time tells it from another that has got its pid. */
  supervisor: z.object({ pid: z.int(), startTime: z.int() }),
  /** Environment variables. PATH goes before the caller's own. */
  variables: z.intersection(z.object({ PATH: z.string() }), z.record(z.string(), z.string())),
});
export type LocalCloudVariables = z.output<typeof localCloudVariables>;
