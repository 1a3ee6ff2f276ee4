import * as z from "zod";
import { listPages } from "./pages";
import type { Session } from "./session";

const attributes = z.object({
  changeableAttributes: z.object({ deleteEnabled: z.boolean(), writeEnabled: z.boolean() }),
});
const tagList = z.object({ tags: z.array(attributes.extend({ name: z.string() })).default([]) });
const manifestList = z.object({ manifests: z.array(attributes.extend({ digest: z.string() })).default([]) });

/**
 * What is locked in a repository of an Azure container registry, as `az` names it: the repository itself, a tag
 * (`repository:tag`) or a manifest (`repository@sha256:…`). Who locks the writing of something locks its deletion too:
 * https://learn.microsoft.com/azure/container-registry/container-registry-image-lock
 *
 * @returns undefined if the registry does not say, to this login
 */
export async function locksOf(session: Session, repository: string): Promise<string[] | undefined> {
  const path = `/acr/v1/${repository}`;
  const get = async (page: string) => {
    const answer = await session.send(page);
    if (answer.status === 200) return answer;
    await answer.discard();
    throw new Error(`${answer.status}`);
  };
  try {
    const locks: string[] = [];
    const own = attributes.parse(JSON.parse(await (await get(path)).text()));
    if (isLocked(own)) locks.push(repository);
    for await (const page of listPages(`${path}/_tags`, get)) {
      const { tags } = tagList.parse(JSON.parse(await page.text()));
      locks.push(...tags.filter(isLocked).map(({ name }) => `${repository}:${name}`));
    }
    for await (const page of listPages(`${path}/_manifests`, get)) {
      const { manifests } = manifestList.parse(JSON.parse(await page.text()));
      locks.push(...manifests.filter(isLocked).map(({ digest }) => `${repository}@${digest}`));
    }
    return locks;
  } catch {
    return undefined; // it is only asked to explain a refusal, which stays one without it
  }
}

function isLocked({ changeableAttributes }: z.output<typeof attributes>): boolean {
  return !changeableAttributes.deleteEnabled || !changeableAttributes.writeEnabled;
}
