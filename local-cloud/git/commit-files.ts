import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { startGit, succeeded } from "./run";

/** How Git keeps a file: as it is, as one that may be run, or as a symbolic link, whose content is where it leads. */
export const fileModes = ["100644", "100755", "120000"] as const;
export type FileMode = (typeof fileModes)[number];

/** A file that a commit has. */
export interface RepositoryFile {
  /** From the repository's root, without a slash before it. */
  path: string;
  mode: FileMode;
  /** Read when it is asked for: all files together may not fit into memory. */
  content(): Buffer;
}

/** Who makes a commit. */
export interface Author {
  name: string;
  email: string;
}

/** Who the local cloud's own commits are by. */
export const localAuthor: Author = { name: "Local operator", email: "operator@local.example" };

export interface NewCommit {
  /** Full name of the ref that is to lead to it. Nobody else may change that ref meanwhile. */
  ref: string;
  message: string;
  author: Author;
  /** None for the first of a history. */
  parent?: string | undefined;
  files: Iterable<RepositoryFile>;
  /** Paths that it takes away from its parent's; "all" for all that are not among its files. */
  without: readonly string[] | "all";
}

/**
 * Makes a commit of files, byte by byte as they are: none of Git's filters (line ends, LFS) sees them. One file at a
 * time is in memory.
 *
 * @param repository its directory
 * @throws GitFailure
 */
export async function commitFiles(repository: string, commit: NewCommit): Promise<void> {
  const args = ["fast-import", "--quiet", "--depth=0"];
  const child = startGit("git", args, {
    cwd: repository,
    config: {
      // What is large goes to the disk as it comes, and no file is compared with the one before it.
      "core.bigFileThreshold": "1m",
      "core.compression": "1",
    },
  });
  const ended = succeeded(child, args);
  child.stdout.resume();
  // What goes wrong with the one, the other says why.
  await Promise.all([
    ended,
    pipeline(Readable.from(commands(commit), { highWaterMark: 1 }), child.stdin).catch(() => ended),
  ]);
}

function* commands({ ref, message, author, parent, files, without }: NewCommit): Generator<string | Buffer> {
  yield `commit ${ref}\n`;
  yield `committer ${plain(author.name)} <${plain(author.email)}> ${Math.floor(Date.now() / 1000)} +0000\n`;
  yield* data(Buffer.from(message));
  if (parent !== undefined) yield `from ${parent}\n`;
  if (without === "all") yield "deleteall\n";
  else for (const path of without) yield `D ${quoted(path)}\n`;
  for (const { path, mode, content } of files) {
    yield `M ${mode} inline ${quoted(path)}\n`;
    yield* data(content());
  }
}

function* data(bytes: Buffer): Generator<string | Buffer> {
  yield `data ${bytes.length}\n`;
  yield bytes;
  yield "\n";
}

/** What would end a name in a commit. */
function plain(text: string): string {
  return text.replace(/[<>\n\0]/g, "");
}

/** As `git fast-import` takes any path. */
function quoted(path: string): string {
  return `"${path.replace(/["\\]/g, "\\$&").replaceAll("\n", "\\n")}"`;
}
