import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { UserError } from "../../../src/common/errors";
import { type Author, localAuthor } from "../../git/commit-files";
import { GitFailure, type GitOptions, git, startGit, succeeded } from "../../git/run";
import { invalidArgument } from "../common/errors";

/** A commit. Dates are ISO 8601, whole seconds, UTC. */
export interface Commit {
  id: string;
  treeId: string;
  parents: string[];
  author: Author & { date: string };
  committer: Author & { date: string };
  comment: string;
}

/** Something in a folder of a commit. */
export interface Entry {
  /** From the root, with a slash before it. */
  path: string;
  mode: string;
  /** `commit` is a submodule. */
  type: "blob" | "tree" | "commit";
  id: string;
}

/** A branch, a tag or the like. */
export interface Ref {
  /** Full name. */
  name: string;
  id: string;
  /** Of the commit that it leads to. */
  parents: string[];
  /** Whether it is the default branch. */
  isHead: boolean;
}

/** A ref with the object that it leads to, before and after. */
export interface RefUpdate {
  name: string;
  oldObjectId: string;
  newObjectId: string;
}

/** The object id that stands for "none": a ref that does not exist yet, or not any more. */
export const noObject = "0".repeat(40);

/** Where refs are that everybody sees; others are the local cloud's own. */
const shown = ["refs/heads/", "refs/tags/", "refs/notes/", "refs/pull/"];

const objectId = /^[0-9a-f]{40}$/;

/** Names of refs that need no asking whether Git takes them: https://git-scm.com/docs/git-check-ref-format */
const ordinaryName = /^refs(?:\/[\w-]+){2,}$/;

/** The environment variable that says into which file the hook writes. */
export const movedVariable = "LOCAL_CLOUD_MOVED";

/** A bare Git repository on disk, of which Git's own commands are asked everything. */
export class BareRepository {
  /** The folder of its one hook, which writes down what a push has moved. Only the server of pushes runs it. */
  readonly hooks: string;

  constructor(readonly directory: string) {
    this.hooks = join(directory, "hooks");
  }

  /** Makes it, empty. */
  create(): void {
    mkdirSync(this.directory, { recursive: true });
    // Without templates, which are this machine's.
    git(["init", "--quiet", "--bare", "--template=", "--initial-branch=main", this.directory]);
    mkdirSync(this.hooks);
    writeFileSync(join(this.hooks, "post-receive"), `#!/bin/sh\nexec cat >"$${movedVariable}"\n`, { mode: 0o755 });
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Those of these names and of what is below them, in the order of their names; all that are shown by default. */
  refs(...names: string[]): Ref[] {
    const format = "--format=%(refname)%00%(objectname)%00%(parent)%00%(HEAD)";
    return this.lines("\n", ["for-each-ref", format, ...(names.length === 0 ? shown : names)]).map((line) => {
      const [name = "", id = "", parents = "", head] = line.split("\0");
      return { name, id, parents: parents.split(" ").filter(Boolean), isHead: head === "*" };
    });
  }

  /** What a ref leads to, by its full name; undefined if there is none. */
  ref(name: string): string | undefined {
    return this.refs(name).find((found) => found.name === name)?.id;
  }

  /** The default branch, which clones check out: its full name; undefined while it has no commit. */
  defaultBranch(): string | undefined {
    return this.refs("refs/heads/").find(({ isHead }) => isHead)?.name;
  }

  setDefaultBranch(name: string): void {
    this.run(["symbolic-ref", "HEAD", name]);
  }

  /** Whether Git takes a full name for a ref. */
  isRefName(name: string): boolean {
    return ordinaryName.test(name) || this.run(["check-ref-format", name], { codes: [0, 1] }).code === 0;
  }

  /** Moves, makes and removes refs: all of them if each leads to where its update says, and else none. */
  update(...updates: RefUpdate[]): boolean {
    const input = updates.map(({ name, oldObjectId, newObjectId }) =>
      newObjectId === noObject
        ? `delete ${name}\0${oldObjectId}\0`
        : `update ${name}\0${newObjectId}\0${oldObjectId}\0`,
    );
    try {
      this.run(["update-ref", "--stdin", "-z"], { input: input.join("") });
      return true;
    } catch (error) {
      if (error instanceof GitFailure) return false;
      throw error;
    }
  }

  /** A commit by its id, or by that of a tag on it; undefined if it is no commit's. An id can come from a request. */
  commit(id: string | undefined): Commit | undefined {
    if (id === undefined || !objectId.test(id)) return undefined;
    const { code, output } = this.run([...logArgs, "--max-count=1", `${id}^{commit}`, "--"], { codes: [0, 128] });
    return code === 0 ? commitsOf(output)[0] : undefined;
  }

  /**
   * A commit and those before it, the latest first.
   *
   * @param path of a file or folder that they change
   * @param without in whose histories they are not
   */
  log(from: string, { top, path, without = [] }: { top?: number; path?: string; without?: string[] } = {}): Commit[] {
    if (path !== undefined && leadsOut(path)) return [];
    const paths = path === undefined || path === "/" ? [] : [path.slice(1)];
    const limit = top === undefined ? [] : [`--max-count=${top}`];
    const input = without.map((id) => `^${id}\n`).join("");
    return commitsOf(this.run([...logArgs, ...limit, "--stdin", from, "--", ...paths], { input }).output);
  }

  /** How many commits each of two has in its history that the other has not. */
  apart(one: string, other: string): [number, number] {
    const counts = this.run(["rev-list", "--left-right", "--count", `${one}...${other}`]).output.toString();
    const [ofOne, ofOther] = counts.trim().split("\t").map(Number);
    return [ofOne ?? 0, ofOther ?? 0];
  }

  /** What is at a path of a commit; undefined if nothing is. */
  entry({ id, treeId }: Commit, path: string): Entry | undefined {
    if (path === "/") return { path, mode: "040000", type: "tree", id: treeId };
    if (leadsOut(path)) return undefined;
    return this.entries(["ls-tree", "-z", "--full-tree", id, "--", path.slice(1)], "").find(
      (found) => found.path === path,
    );
  }

  /** What is in a folder of a commit, and, if it is asked for, in all folders below. */
  entriesIn({ id, path }: Entry, recursive: boolean): Entry[] {
    const below = recursive ? ["-r", "-t"] : [];
    return this.entries(["ls-tree", "-z", "--full-tree", ...below, id], path === "/" ? "" : path);
  }

  /** Paths that differ between two commits. @param before none for the empty tree */
  changes(before: string | undefined, after: string): { path: string; kind: "Added" | "Deleted" | "Edited" }[] {
    const which = before === undefined ? ["--root", after] : [before, after];
    const fields = this.lines("\0", [
      "diff-tree",
      "-r",
      "-z",
      "--no-commit-id",
      "--no-renames",
      "--name-status",
      ...which,
    ]);
    const found: ReturnType<BareRepository["changes"]> = [];
    for (let at = 0; at + 1 < fields.length; at += 2) {
      const kind = ({ A: "Added", D: "Deleted" } as const)[fields[at] ?? ""] ?? "Edited";
      found.push({ path: `/${fields[at + 1]}`, kind });
    }
    return found;
  }

  /** A file's content. */
  blob(id: string): Buffer {
    return this.run(["cat-file", "blob", id]).output;
  }

  /** A file's content, as it comes from the disk. */
  blobStream(id: string, signal: AbortSignal): Readable {
    const args = ["cat-file", "blob", id];
    const child = startGit("git", args, { cwd: this.directory, signal });
    child.stdin.end();
    succeeded(child, args).catch((error) => child.stdout.destroy(error));
    return child.stdout;
  }

  /** A file's content at a commit, by its path with or without a slash before it; undefined if there is no such file. */
  fileAt(version: string, path: string): Buffer | undefined {
    if (!objectId.test(version)) return undefined;
    const name = `${version}:${path.replace(/^\/+/, "")}`;
    const { code, output } = this.run(["cat-file", "blob", name], { codes: [0, 128] });
    return code === 0 ? output : undefined;
  }

  /** The tree of two branches merged, or undefined where they conflict. */
  mergedTree(target: string, source: string): string | undefined {
    const options = ["--write-tree", "--no-messages", "--allow-unrelated-histories"];
    const { code, output } = this.run(["merge-tree", ...options, target, source], { codes: [0, 1] });
    return code === 0 ? output.toString().trim() : undefined;
  }

  /** Makes a commit of a tree, which no ref leads to yet. @returns its id */
  commitTree(treeId: string, parents: string[], message: string, { name, email }: Author = localAuthor): string {
    const env = {
      GIT_AUTHOR_NAME: name,
      GIT_AUTHOR_EMAIL: email,
      GIT_COMMITTER_NAME: name,
      GIT_COMMITTER_EMAIL: email,
    };
    const ofParents = parents.flatMap((parent) => ["-p", parent]);
    return this.run(["commit-tree", treeId, ...ofParents], { env, input: message })
      .output.toString()
      .trim();
  }

  /** Bytes that it takes on disk. */
  size(): number {
    const counted = this.run(["count-objects", "-v"]).output.toString();
    const kilobytes = [...counted.matchAll(/^size(?:-pack)?: (\d+)$/gm)].map(([, count]) => Number(count));
    return 1024 * kilobytes.reduce((sum, each) => sum + each, 0);
  }

  private entries(args: string[], folder: string): Entry[] {
    return this.lines("\0", args).map((line) => {
      const [about = "", name = ""] = splitOnce(line, "\t");
      const [mode = "", type = "", id = ""] = about.split(" ");
      return { path: `${folder}/${name}`, mode, id, type: type === "tree" || type === "commit" ? type : "blob" };
    });
  }

  private lines(end: string, args: string[]): string[] {
    const lines = this.run(args).output.toString().split(end);
    lines.pop(); // there is nothing after the last end
    return lines;
  }

  private run(args: string[], options: GitOptions & Pick<Parameters<typeof git>[1] & object, "input" | "codes"> = {}) {
    if (args.some((arg) => arg.includes("\0"))) throw invalidArgument("No name in Git has a NUL in it.");
    const { output, code } = this.attempt(() => git(args, { cwd: this.directory, ...options }));
    // Some commands are expected to fail, and this is another reason.
    if (code !== 0) this.requireThere();
    return { output, code };
  }

  private attempt<T>(run: () => T): T {
    try {
      return run();
    } catch (error) {
      this.requireThere();
      throw error;
    }
  }

  private requireThere(): void {
    if (existsSync(join(this.directory, "HEAD"))) return;
    throw new UserError(
      `the local cloud has lost ${this.directory}, one of its Git repositories. Put back a copy of it, or begin anew: ` +
        "`npx local-cloud reset`.",
    );
  }
}

/** Whether Git ends at a path, as one that is outside of the repository. */
function leadsOut(path: string): boolean {
  return path.startsWith("//") || path.split("/").includes("..");
}

const logFields = ["%H", "%T", "%P", "%an", "%ae", "%at", "%cn", "%ce", "%ct", "%B"];
const logArgs = ["log", "-z", `--format=${logFields.join("%x00")}`];

function commitsOf(output: Buffer): Commit[] {
  const fields = output.toString().split("\0");
  const commits: Commit[] = [];
  for (let at = 0; at + logFields.length < fields.length; at += logFields.length) {
    commits.push(commitOf(fields.slice(at, at + logFields.length)));
  }
  return commits;
}

function commitOf(fields: string[]): Commit {
  const [id = "", treeId = "", parents = "", ...about] = fields;
  const [name = "", email = "", date, committerName = "", committerEmail = "", committed, comment = ""] = about;
  return {
    ...{ id, treeId, parents: parents.split(" ").filter(Boolean), comment: comment.replace(/\n+$/, "") },
    author: { name, email, date: isoDate(date) },
    committer: { name: committerName, email: committerEmail, date: isoDate(committed) },
  };
}

function isoDate(seconds: string | undefined): string {
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}Z`;
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + separator.length)];
}
