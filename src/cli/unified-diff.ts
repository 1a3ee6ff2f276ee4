import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";

/**
 * What changes in a file, in the format that `git apply` and `patch` read.
 *
 * @param path of the file, from the folder that the patch is for
 * @param old undefined if there is no such file
 * @returns undefined if nothing does
 */
export function unifiedDiff(path: string, old: string | undefined, text: string): string | undefined {
  if (old === text) return undefined;
  const name = path.replaceAll("\\", "/");
  const from = old === undefined ? "/dev/null" : `a/${name}`;
  return createTwoFilesPatch(from, `b/${name}`, old ?? "", text, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  });
}
