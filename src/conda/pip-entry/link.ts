import { basename } from "node:path/posix";
import type { Constraint } from "../constraint";
import { isVersion, pipConstraint } from "./specifier";

/** What a URL or a path of a package says of it. */
export interface Link {
  /** Absent where only a build would tell. */
  name?: string;
  /** The version of a wheel; otherwise open. */
  constraint: Constraint;
}

const versionControl = /^(?:git|hg|svn|bzr)\+/i;

/** Whether pip takes a text for a URL. Source: pip's `is_url`. */
export function isUrl(text: string): boolean {
  return versionControl.test(text) || /^(?:https?|file|ftp):/i.test(text);
}

/** Whether pip takes a text for a path or an archive's name. Source: pip's `_looks_like_path` and `is_archive_file`. */
export function isPath(text: string): boolean {
  return /^\.|^[^\s@[;=<>!~]*[/\\]|^[^\s@[;=<>!~]+\.(?:whl|zip|tar\.(?:gz|bz2|xz|lzma)|tgz|tbz|txz|tar)(?:\[.*\])?$/i.test(
    text,
  );
}

/** Reads the name from a wheel's file name or from `#egg=`, as pip does: its `parse_req_from_line` and `Link.egg_fragment`. */
export function readLink(text: string): Link {
  const [address = "", fragment = ""] = text.split("#");
  const wheel = /^([\w.]+)-([^-]+)(?:-\d[^-]*)?-[^-]+-[^-]+-[^-]+\.whl$/.exec(
    decoded(basename(address.replace(/\?.*$|\[[^\]]*\]$/, ""))),
  );
  const [, project, version] = wheel ?? [];
  if (project !== undefined && version !== undefined && isVersion(version)) {
    return { name: project, constraint: pipConstraint([{ operator: "==", version }]) };
  }
  const [egg] = /^[\w.-]+/.exec(new URLSearchParams(fragment).get("egg") ?? "") ?? [];
  return { ...(egg !== undefined && { name: egg }), constraint: pipConstraint([]) };
}

/**
 * A URL as pip compares it (`links_equivalent`): without a user, and of what is behind its `#` only what says which package
 * it is.
 */
export function comparableUrl(text: string): string {
  const [address = "", fragment = ""] = text.split("#");
  const parameters = [...new URLSearchParams(fragment)].filter(([key]) => key !== "egg").map((pair) => pair.join("="));
  return [address.replace(/^([\w+]+:\/\/)[^/@]*@/, "$1"), ...parameters.sort()].join("#");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
