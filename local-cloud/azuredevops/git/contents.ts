import type { Commit } from "./objects";

/**
 * What is in one Git repository: its commits and its files. Nothing in it changes: an object is added and stays until
 * the repository is removed, and which commits there are to be seen is a matter of the refs.
 */
export interface RepositoryContents {
  /** A commit by its id; undefined if it is no commit's. */
  commit(id: string | undefined): Commit | undefined;
  /** A file's content. @throws UserError if there is none of that id: a commit spoke of it, so it has been lost */
  blob(id: string): Buffer;
  /** Adds a file's content. @returns its blob id */
  addBlob(content: Buffer): string;
  /** Adds a commit whose files have been added. */
  addCommit(commit: Commit): void;
  /** Bytes of all files, each content counted once. */
  size(): number;
}

/** The contents of all repositories, by the repositories' ids. */
export interface Repositories {
  contentsOf(repository: { id: string }): RepositoryContents;
  /** Removes all that is in a repository. */
  remove(repository: { id: string }): void;
}
