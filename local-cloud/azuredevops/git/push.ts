import { randomUUID } from "node:crypto";
import * as z from "zod";
import { commitFiles, type FileMode, fileModes, localAuthor, type RepositoryFile } from "../../git/commit-files";
import { invalidArgument } from "../common/errors";
import { enumName } from "../common/naming";
import type { Organization } from "../common/organization";
import { enumeration } from "../common/request";
import type { Caller } from "../members";
import { refsMoved } from "../refs-moved";
import { type BareRepository, type Commit, noObject } from "./bare-repository";
import { gitError } from "./repository";
import type { Repository } from "./state";
import { refusalOf, rejectedByPolicy, staleReference } from "./update-ref";

/** Numbers of enumeration values in the API. */
const contentTypes = { 0: "rawText", 1: "base64Encoded" } as const;

const changeForm = z.object({
  changeType: enumeration,
  item: z.object({ path: z.string() }),
  newContent: z.object({ content: z.string(), contentType: enumeration.optional() }).optional(),
});

type Change = z.output<typeof changeForm>;

/** A push as the API takes it: one branch, one commit. */
export const pushBody = z.object({
  refUpdates: z.array(z.looseObject({ name: z.string(), oldObjectId: z.string() })).length(1),
  commits: z.array(z.object({ comment: z.string().optional(), changes: z.array(changeForm).min(1) })).length(1),
});

/** One commit on top of a branch. Nothing changes unless the branch is where the caller believes it to be. */
export async function push(
  organization: Organization,
  repository: Repository,
  { name, oldObjectId }: { name: string; oldObjectId: string },
  comment: string,
  changes: Change[],
  caller: Caller | undefined,
): Promise<Commit> {
  const git = organization.repositories.of(repository);
  const refusal = refusalOf(organization, repository, name, caller);
  if (refusal === "rejectedByPolicy") throw gitError(403, "GitRefUpdateRejectedByPolicyException", rejectedByPolicy);
  if (refusal !== undefined) throw invalidArgument(`The ref '${name}' could not be updated: ${refusal}.`);
  if ((git.ref(name) ?? noObject) !== oldObjectId) throw staleReference(name);
  const parent = git.commit(oldObjectId);
  // Nobody else knows this ref, so that nobody moves it while the commit is made.
  const ref = `refs/local-cloud/${randomUUID()}`;
  const changed = applied(git, parent, changes);
  await commitFiles(git.directory, { ...changed, ref, message: comment, author: localAuthor, parent: parent?.id });
  const made = git.commit(git.ref(ref));
  if (made === undefined) throw new Error(`${ref} has no commit.`);
  const update = { name, oldObjectId, newObjectId: made.id };
  const isDone = git.update(update, { name: ref, oldObjectId: made.id, newObjectId: noObject });
  if (!isDone) {
    git.update({ name: ref, oldObjectId: made.id, newObjectId: noObject });
    throw staleReference(name);
  }
  refsMoved(organization, { repository, moves: [update], by: caller });
  return made;
}

/** What the changes make of the files that a commit has. */
function applied(git: BareRepository, parent: Commit | undefined, changes: Change[]) {
  const root = parent && git.entry(parent, "/");
  const present = new Map(root && git.entriesIn(root, true).map(({ path, mode }) => [path, mode]));
  const files = new Map<string, RepositoryFile>();
  const without = new Set<string>();
  for (const { changeType, item, newContent } of changes) {
    const path = absolute(item.path);
    const file = path.slice(1);
    const kind = { 1: "add", 2: "edit", 16: "delete" }[changeType] ?? String(changeType).toLowerCase();
    requirePlace(path, kind, present.has(path));
    if (kind === "delete") {
      present.delete(path);
      files.delete(file);
      without.add(file);
      continue;
    }
    if (!newContent) throw invalidArgument(`The change to '${path}' has no newContent.`);
    const isBase64 = enumName(contentTypes, newContent.contentType ?? "rawText") === "base64Encoded";
    // The API has no word for a file's mode: a new one is an ordinary file, and an edited one stays what it is.
    const mode: FileMode = fileModes.find((known) => known === present.get(path)) ?? "100644";
    const content = Buffer.from(newContent.content, isBase64 ? "base64" : "utf8");
    present.set(path, mode);
    without.delete(file);
    files.set(file, { path: file, mode, content: () => content });
  }
  return { files: files.values(), without: [...without] };
}

/** Makes sure that a change is one, and that its path is there, or is not, as it says. */
function requirePlace(path: string, kind: string, isThere: boolean): void {
  if (path === "/" || path.split("/").some((part) => /^(?:\.|\.\.|\.git)$/i.test(part))) {
    throw invalidArgument(`The path '${path}' is not a file's.`);
  }
  if (kind === "add") {
    if (!isThere) return;
    const message = `The path '${path}' specified in the add operation already exists. Please specify a new path.`;
    throw gitError(400, "GitItemAlreadyExistsException", message);
  }
  if (kind !== "edit" && kind !== "delete") {
    throw invalidArgument(`The change type '${kind}' is not add, edit or delete.`);
  }
  if (isThere) return;
  const message = `TF401174: The item '${path}' could not be found in the repository.`;
  throw gitError(400, "GitItemNotFoundException", message);
}

/** "/a/b" for "a/b", "/a/b" and "/a/b/"; "/" for the root. */
export function absolute(path: string): string {
  return `/${path.split("/").filter(Boolean).join("/")}`;
}
