import type { Constraint } from "./constraint";

/** A package that an environment asks for. */
export interface Dependency {
  /** Where it is installed from. */
  source: "conda" | "pip";
  /** Its name, normalised by the rules of its source: lower case (conda), PEP 503 (pip). */
  name: string;
  /** What it is known by in either source: the name of its project on PyPI, or conda's if it has none there. */
  project: string;
  /** The entry as it is written, without quotes. */
  text: string;
  /** Where the entry is; lines count from 1. */
  line: number;
  constraint: Constraint;
  /** The channel it must come from (`channel::package`). Conda only. */
  channel?: string;
  /** The pattern that its build must match. Conda only. */
  build?: string;
  /** A platform's selector that is a comment (`# [win]`): conda-lock reads it, conda does not. Conda only. */
  selector?: string;
  /** Where it must come from, if it is not an index (`package @ url`). Pip only. */
  url?: string;
  /** In alphabetical order. Pip only; absent if there are none. */
  extras?: string[];
  /** Its environment marker, as it is written. Pip only. */
  marker?: string;
  /** Options of pip behind it (`--hash=…`), as they are written. Pip only. */
  options?: string;
}

/** An entry that names packages and could not be read: it is invalid, or leads to another list. */
export interface UnreadEntry {
  source: "conda" | "pip";
  text: string;
  line: number;
  /** What it is known to name; undefined if that may be anything. */
  projects?: string[];
}

/** A conda environment file, read. */
export interface CondaFile {
  /** Path, as it was given. */
  path: string;
  text: string;
  /** In the order of their priority. */
  channels: { name: string; line: number }[];
  /** What is installed on Linux; an entry whose environment marker or selector says otherwise is left out. */
  dependencies: Dependency[];
  /** What else it asks for, so that a package that is not among `dependencies` need not be missing. */
  unread: UnreadEntry[];
  /** Lines of the pip section that are options of pip (`--index-url …`). */
  pipOptions: string[];
}
