import type { StackOutputs } from "../../common/outputs";
import { dockerLogin } from "../../image/docker-login";
import { ImageError } from "../../image/error";
import { Repository } from "../../image/repository";

/**
 * The tags that a run pushed to the image's repository, with the digest of each, from the run's log. The registry is
 * asked whether it has them. Its name is not in the log: the agent masks the login server of a service connection.
 *
 * @param log what the run's steps printed
 * @param env finds Docker's logins
 * @returns lines for a person
 */
export async function pushedTags(
  log: string[],
  { registry: { loginServer }, image: { repository } }: Pick<StackOutputs, "registry" | "image">,
  env: NodeJS.ProcessEnv,
): Promise<string[]> {
  const name = `${loginServer}/${repository}`;
  const pushed = pushedIn(log, repository);
  if (pushed.size === 0) return [`The run's log names no tag that was pushed to ${name}.`];
  const width = Math.max(...[...pushed.keys()].map((tag) => tag.length));
  const row = (tag: string, text: string) => `  ${tag.padEnd(width)}  ${text}`;
  try {
    const login = await dockerLogin(loginServer, env);
    const there = new Repository({ registry: loginServer, repository, login });
    const rows: string[] = [];
    for (const [tag, digest] of pushed) {
      const now = await there.digestOf(tag);
      rows.push(row(tag, now === digest ? digest : `${digest}, now ${now ?? "not in the registry"}`));
    }
    return [`Pushed to ${name}, and in the registry:`, ...rows];
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    const rows = [...pushed].map(([tag, digest]) => row(tag, digest));
    return [`Pushed to ${name}, as the run's log has it:`, ...rows, `The registry did not say: ${error.message}`];
  }
}

/** The tags that were pushed to a repository, whatever the registry before it is called, and their digests. */
function pushedIn(log: string[], repository: string): Map<string, string> {
  const pushed = new Map<string, string>();
  let isOurs = false;
  for (const line of log) {
    const named = /The push refers to repository \[[^\]/]*\/([^\]]+)\]/.exec(line)?.[1];
    if (named !== undefined) isOurs = named === repository;
    const [, tag, digest] = /(?:^|\s)(\w[\w.-]*): digest: (sha256:[a-f\d]{64}) size: \d+\s*$/.exec(line) ?? [];
    if (isOurs && tag !== undefined && digest !== undefined) pushed.set(tag, digest);
  }
  return pushed;
}
