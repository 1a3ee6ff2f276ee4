import { createHash } from "node:crypto";

/** How Git keeps a file: as it is, as one that may be run, or as a symbolic link, whose content is where it leads. */
export const fileModes = ["100644", "100755", "120000"] as const;
export type FileMode = (typeof fileModes)[number];

/** A file of a commit. */
export interface TreeEntry {
  /** Its blob's. */
  id: string;
  mode: FileMode;
}

/** Files of one commit by their absolute paths ("/docker/Dockerfile"). It stays as it is once a commit has it. */
export type Tree = Record<string, TreeEntry>;

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

/** Whether a path is the same file in two commits: its content and how it is kept. */
export function isSameEntry(one: TreeEntry | undefined, other: TreeEntry | undefined): boolean {
  return one?.id === other?.id && one?.mode === other?.mode;
}

/**
 * The id of a folder's tree object.
 *
 * @param folder Absolute, with a slash at the end: "/" or "/docker/".
 */
export function folderId(tree: Tree, folder: string): string {
  return foldersOf(tree).get(folder)?.id ?? objectId("tree", Buffer.alloc(0));
}

/** What lies directly in a folder, by name. */
export function children(tree: Tree, folder: string): Map<string, "blob" | "tree"> {
  return foldersOf(tree).get(folder)?.children ?? new Map();
}

interface Folder {
  id: string;
  children: Map<string, "blob" | "tree">;
}

/** Made once for a commit's files: it takes as long as all of them together, and each folder is asked for. */
const known = new WeakMap<Tree, Map<string, Folder>>();

function foldersOf(tree: Tree): Map<string, Folder> {
  const folders = known.get(tree) ?? makeFolders(tree);
  known.set(tree, folders);
  return folders;
}

function makeFolders(tree: Tree): Map<string, Folder> {
  const folders = new Map<string, Folder>([["/", { id: "", children: new Map() }]]);
  for (const path of Object.keys(tree).sort()) {
    let kind: "blob" | "tree" = "blob";
    for (let end = path.lastIndexOf("/"); end >= 0; end = path.lastIndexOf("/", end - 1)) {
      const name = path.slice(end + 1).split("/", 1)[0] ?? "";
      const folder = path.slice(0, end + 1);
      const isKnown = folders.has(folder);
      const { children } = folders.get(folder) ?? { children: new Map() };
      if (!isKnown) folders.set(folder, { id: "", children });
      children.set(name, kind);
      if (isKnown || end === 0) break;
      kind = "tree";
    }
  }
  nameFolder(tree, folders, "/");
  return folders;
}

/** Gives a folder, and all below it, the id of its tree object. */
function nameFolder(tree: Tree, folders: Map<string, Folder>, path: string): string {
  const folder = folders.get(path);
  if (folder === undefined) return "";
  const entries = [...folder.children].map(([name, kind]) => {
    // Git sorts a folder as if its name ended with a slash.
    if (kind === "tree")
      return { key: `${name}/`, mode: "40000", name, id: nameFolder(tree, folders, `${path}${name}/`) };
    const { mode = "100644", id = "" } = tree[path + name] ?? {};
    return { key: name, mode, name, id };
  });
  entries.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  folder.id = objectId(
    "tree",
    Buffer.concat(entries.flatMap(({ mode, name, id }) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(id, "hex")])),
  );
  return folder.id;
}

function objectId(type: string, content: Buffer): string {
  return createHash("sha1").update(`${type} ${content.length}\0`).update(content).digest("hex");
}
