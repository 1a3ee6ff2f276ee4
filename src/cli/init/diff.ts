import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";

/**
 * What would change in a file, as a patch that `git apply` reads.
 *
 * @param path from the repository root
 * @param old undefined if there is no such file
 * @returns undefined if nothing would
 */
export function diffOf(path: string, old: string | undefined, text: string): string | undefined {
  if (old === text) return undefined;
  const from = old === undefined ? "/dev/null" : `a/${path}`;
  return createTwoFilesPatch(from, `b/${path}`, old ?? "", text, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  });
}
