/** What a finding is about; the name by which docs/environment.md and `--json` know it. */
export type CondaRule =
  /** conda would refuse the file: its form, a key, a specification. */
  | "invalid"
  /** A package is listed for conda and for pip, or there are two pip sections. */
  | "duplicate"
  /** A package is called by a name that it cannot be installed by. */
  | "name"
  /** No version can satisfy a package's constraint. */
  | "impossible"
  /** Packages that are named in another file, or not at all, so that they cannot be compared. */
  | "unread"
  /** CI and another environment constrain a package to versions that cannot be equal. */
  | "conflict"
  /** One pins a package and the other leaves it open. */
  | "unpinned"
  /** Training or scoring needs a package that CI lacks. */
  | "missing"
  /** The environments have different Pythons. */
  | "python"
  /** A package comes from pip although the file's conda channels offer it. */
  | "pip"
  /** The lock file does not belong to the conda file as it is now. */
  | "lock"
  /** A channel cannot be reached, or answers with something that is not a channel. */
  | "channel"
  /** A file's packages cannot be installed together. */
  | "unsolvable"
  /** The solutions of two files have different versions of a package. */
  | "solution";

/** A place in a file. Lines count from 1. */
export interface Place {
  file: string;
  line: number;
}

/** Something about the conda files that has to change. */
export interface Finding extends Place {
  rule: CondaRule;
  /** The package, as the file at `file` names it. */
  package?: string;
  /** What is wrong, with the values, and what to do. */
  message: string;
  /** The other file's side of it. */
  related?: Place;
  /** The edit of the CI file that settles it, where there is one obvious answer. */
  fix?: Fix;
}

/** An edit of a conda file: another specification in an entry's place, or one more entry. */
export type Fix =
  | { kind: "replace"; line: number; from: string; to: string }
  | { kind: "add"; source: "conda" | "pip"; specification: string };
