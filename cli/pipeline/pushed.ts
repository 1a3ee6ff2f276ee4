import { dockerLogin } from "../../image/docker-login";
import { ImageError } from "../../image/error";
import { Repository } from "../../image/repository";
import type { StackOutputs } from "../far-side";

/**
 * The tags that a run pushed, with the digest of each: from its log, in which `docker push` names them, and as the
 * registry has them.
 *
 * @param log what the run's steps printed
 * @param env finds Docker's logins
 * @returns lines for a person
 */
export async function pushedTags(
  log: string[],
  { registry, image }: Pick<StackOutputs, "registry" | "image">,
  env: NodeJS.ProcessEnv,
): Promise<string[]> {
  const pushed = pushedIn(log);
  if (pushed.size === 0) return ["The run's log names no tag that was pushed."];
  const width = Math.max(...[...pushed.keys()].map((tag) => tag.length));
  const row = (tag: string, text: string) => `  ${tag.padEnd(width)}  ${text}`;
  const title = `${registry.loginServer}/${image.repository}`;
  try {
    const login = await dockerLogin(registry.loginServer, env);
    const repository = new Repository({ registry: registry.loginServer, repository: image.repository, login });
    const rows: string[] = [];
    for (const [tag, digest] of pushed) {
      const now = await repository.digestOf(tag);
      const doubt = now === digest ? "" : `, now ${now ?? "not in the registry"}`;
      rows.push(row(tag, `${digest}${doubt}`));
    }
    return [`Pushed to ${title}, as the registry says:`, ...rows];
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    const rows = [...pushed].map(([tag, digest]) => row(tag, digest));
    return [`Pushed to ${title}, as the run's log says:`, ...rows, `The registry was not asked: ${error.message}`];
  }
}

/** Tags with their digests. */
function pushedIn(log: string[]): Map<string, string> {
  return new Map(
    log.flatMap((line): [string, string][] => {
      const [, tag, digest] = /(?:^|\s)(\w[\w.-]*): digest: (sha256:[a-f\d]{64}) size: \d+$/.exec(line.trimEnd()) ?? [];
      return tag !== undefined && digest !== undefined ? [[tag, digest]] : [];
    }),
  );
}
