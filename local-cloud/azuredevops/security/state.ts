import * as z from "zod";

/** What the build service was denied on a repository: the sum of its bits. */
export const denialForm = z.strictObject({ repositoryId: z.string(), deny: z.int() });
