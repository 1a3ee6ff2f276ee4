import { createHash } from "node:crypto";

/** Files of one commit: absolute path ("/docker/Dockerfile") to blob id. */
export type Tree = Record<string, string>;

export interface Commit {
  id: string;
  treeId: string;
  parents: string[];
  comment: string;
  /** ISO 8601, whole seconds, UTC. */
  date: string;
  tree: Tree;
}

/** Who the local cloud's commits are by. */
export const author = { name: "Local operator", email: "operator@local.example" };

/** The id that Git gives a file's content. */
export function blobId(content: Buffer): string {
  return objectId("blob", content);
}

/** The commit that Git would make of these files, id included, so that a clone agrees with the API. */
export function makeCommit(tree: Tree, parents: string[], comment: string, date: Date): Commit {
  const seconds = Math.floor(date.getTime() / 1000);
  const treeId = folderId(tree, "/");
  const by = `${author.name} <${author.email}> ${seconds} +0000`;
  const lines = [
    `tree ${treeId}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${by}`,
    `committer ${by}`,
    "",
    `${comment}\n`,
  ];
  const id = objectId("commit", Buffer.from(lines.join("\n")));
  return { id, treeId, parents, comment, date: `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`, tree };
}

/**
 * The id of a folder's tree object.
 *
 * @param folder Absolute, with a slash at the end: "/" or "/docker/".
 */
export function folderId(tree: Tree, folder: string): string {
  const entries = [...children(tree, folder)].map(([name, kind]) =>
    kind === "blob"
      ? { key: name, mode: "100644", name, id: tree[folder + name] ?? "" }
      : // Git sorts a folder as if its name ended with a slash.
        { key: `${name}/`, mode: "40000", name, id: folderId(tree, `${folder}${name}/`) },
  );
  entries.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  return objectId(
    "tree",
    Buffer.concat(entries.flatMap(({ mode, name, id }) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(id, "hex")])),
  );
}

/** What lies directly in a folder, by name. */
export function children(tree: Tree, folder: string): Map<string, "blob" | "tree"> {
  const found = new Map<string, "blob" | "tree">();
  for (const path of Object.keys(tree).sort()) {
    if (!path.startsWith(folder)) continue;
    const [name = "", ...rest] = path.slice(folder.length).split("/");
    found.set(name, rest.length === 0 ? "blob" : "tree");
  }
  return found;
}

function objectId(type: string, content: Buffer): string {
  return createHash("sha1").update(`${type} ${content.length}\0`).update(content).digest("hex");
}
