import { nextLink } from "../common/link-header";
import { ImageError } from "./error";
import type { Answer } from "./http";

/**
 * The pages of a list, which a registry gives one by one: each names the next in its `Link` header (RFC 8288). The
 * next one is asked for when the one before has been read.
 *
 * @param first path of the first page
 * @param get asks the registry for a path
 * @throws ImageError if a page names one that was there already
 */
export async function* listPages(first: string, get: (path: string) => Promise<Answer>): AsyncGenerator<Answer, void> {
  const seen = new Set<string>();
  for (let path: string | undefined = first; path !== undefined; ) {
    seen.add(path);
    const answer = await get(path);
    yield answer;
    path = nextPath(answer);
    if (path !== undefined && seen.has(path)) {
      throw new ImageError(
        `${answer.url} names a next page that was there already: the list goes in a circle. Try again later.`,
      );
    }
  }
}

/** Only the path counts: a token is for the registry that was asked, and for no other host. */
function nextPath(answer: Answer): string | undefined {
  const link = nextLink(answer.headers.get("link"));
  if (link === undefined || !URL.canParse(link, answer.url)) return undefined;
  const { pathname, search } = new URL(link, answer.url);
  return pathname + search;
}
