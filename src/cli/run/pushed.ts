import { dockerLogin } from "../../image/docker-login";
import { ImageError } from "../../image/error";
import { parseReference } from "../../image/reference";
import { Repository } from "../../image/repository";

/**
 * The tags that a run pushed, with the digest of each: `docker push` names them in the run's log, and the registry is
 * asked whether it has them.
 *
 * @param log what the run's steps printed
 * @param env finds Docker's logins
 * @returns lines for a person
 */
export async function pushedTags(log: string[], env: NodeJS.ProcessEnv): Promise<string[]> {
  const pushed = pushedIn(log);
  if (pushed.size === 0) return ["The run's log names no tag that was pushed."];
  const report: string[] = [];
  for (const [repository, tags] of pushed) report.push(...(await confirmed(repository, tags, env)));
  return report;
}

async function confirmed(name: string, tags: Map<string, string>, env: NodeJS.ProcessEnv): Promise<string[]> {
  const width = Math.max(...[...tags.keys()].map((tag) => tag.length));
  const row = (tag: string, text: string) => `  ${tag.padEnd(width)}  ${text}`;
  try {
    const { registry, repository: path } = parseReference(name);
    const repository = new Repository({ registry, repository: path, login: await dockerLogin(registry, env) });
    const rows: string[] = [];
    for (const [tag, digest] of tags) {
      const now = await repository.digestOf(tag);
      rows.push(row(tag, now === digest ? digest : `${digest}, now ${now ?? "not in the registry"}`));
    }
    return [`Pushed to ${name}, and in the registry:`, ...rows];
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    const rows = [...tags].map(([tag, digest]) => row(tag, digest));
    return [`Pushed to ${name}, as the run's log has it:`, ...rows, `The registry did not say: ${error.message}`];
  }
}

/** Repositories with their tags and the tags' digests. */
function pushedIn(log: string[]): Map<string, Map<string, string>> {
  const pushed = new Map<string, Map<string, string>>();
  let repository = "";
  for (const line of log) {
    repository = /The push refers to repository \[([^\]]+)\]/.exec(line)?.[1] ?? repository;
    const [, tag, digest] = /(?:^|\s)(\w[\w.-]*): digest: (sha256:[a-f\d]{64}) size: \d+\s*$/.exec(line) ?? [];
    if (tag === undefined || digest === undefined) continue;
    pushed.set(repository, (pushed.get(repository) ?? new Map<string, string>()).set(tag, digest));
  }
  return pushed;
}
