import { z } from "zod";
import { invalidArgument } from "../common/errors";
import { enumName } from "../common/naming";
import { enumeration } from "../common/request";
import type { RepositoryContents } from "./contents";
import { type Commit, makeCommit, type Tree } from "./objects";
import { gitError, noObject, updateRef } from "./repository";
import type { Repository } from "./state";

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
export function push(
  repository: Repository,
  contents: RepositoryContents,
  update: { name: string; oldObjectId: string },
  comment: string,
  changes: Change[],
): Commit {
  const parent = contents.commit(update.oldObjectId);
  if ((repository.refs[update.name] ?? noObject) !== update.oldObjectId) {
    throw gitError(
      409,
      "GitReferenceStaleException",
      `TF401028: The reference '${update.name}' has already been updated by another client. Please try again.`,
    );
  }
  const tree: Tree = { ...parent?.tree };
  for (const change of changes) applyChange(tree, contents, change);
  const commit = makeCommit(tree, parent ? [parent.id] : [], comment, new Date());
  contents.addCommit(commit);
  const status = updateRef(repository, contents, { ...update, newObjectId: commit.id });
  if (status !== "succeeded") throw invalidArgument(`The ref '${update.name}' could not be updated: ${status}.`);
  return commit;
}

function applyChange(tree: Tree, contents: RepositoryContents, { changeType, item, newContent }: Change): void {
  const path = absolute(item.path);
  const kind = { 1: "add", 2: "edit", 16: "delete" }[changeType] ?? String(changeType).toLowerCase();
  if (kind === "add" && tree[path] !== undefined) {
    throw gitError(400, "GitItemAlreadyExistsException", `TF402455: The path '${path}' is already in the repository.`);
  }
  if (kind !== "add" && tree[path] === undefined) {
    throw gitError(
      400,
      "GitItemNotFoundException",
      `TF401174: The item '${path}' could not be found in the repository.`,
    );
  }
  if (kind === "delete") {
    delete tree[path];
    return;
  }
  if (kind !== "add" && kind !== "edit")
    throw invalidArgument(`The change type '${changeType}' is not add, edit or delete.`);
  if (!newContent) throw invalidArgument(`The change to '${path}' has no newContent.`);
  const isBase64 = enumName(contentTypes, newContent.contentType ?? "rawText") === "base64Encoded";
  // The API has no word for a file's mode: a new one is an ordinary file, and an edited one stays what it is.
  tree[path] = {
    id: contents.addBlob(Buffer.from(newContent.content, isBase64 ? "base64" : "utf8")),
    mode: tree[path]?.mode ?? "100644",
  };
}

/** "/a/b" for "a/b", "/a/b" and "/a/b/"; "/" for the root. */
export function absolute(path: string): string {
  return `/${path.split("/").filter(Boolean).join("/")}`;
}
