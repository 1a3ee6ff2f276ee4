import * as z from "zod";
import { ask, type ProjectApi, RefusedError } from "./rest";

/**
 * Whether a file is on a branch of a repository of Azure Repos.
 *
 * @param path from the repository root
 * @param branch without `refs/heads/`
 */
export async function isOnBranch(
  api: ProjectApi,
  repositoryId: string,
  branch: string,
  path: string,
): Promise<boolean> {
  const query = new URLSearchParams({
    path: `/${path}`,
    "versionDescriptor.version": branch,
    "versionDescriptor.versionType": "branch",
    $format: "json",
  });
  try {
    await ask(api, `git/repositories/${repositoryId}/items?${query}`, z.object({ path: z.string() }));
    return true;
  } catch (error) {
    if (error instanceof RefusedError && error.status === 404) return false;
    throw error;
  }
}
