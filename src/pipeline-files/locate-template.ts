import { dirname, join, resolve, sep } from "node:path";
import type { TemplateReference } from "./container";

/** Where a template's file is. */
export type Location =
  | { kind: "file"; path: string }
  /** Outside of the repository, where Azure Pipelines finds nothing. */
  | { kind: "outside" }
  /** It cannot be read: it is in another repository, or what it is relative to is not known. */
  | { kind: "elsewhere" | "unknown"; why: string };

/**
 * Finds a template by the service's rule: a path is relative to the file that does the including, also with `@self`, or
 * absolute in that file's repository. Only where `@self` leads back from another repository is it from the root.
 * https://learn.microsoft.com/azure/devops/pipelines/process/templates#reference-template-paths
 *
 * @param root the repository's folder
 */
export function locateTemplate(root: string, { text, file, scope: { through } }: TemplateReference): Location {
  if (text.includes("${{")) return { kind: "unknown", why: "its path is an expression" };
  // Names of repositories compare without regard to case, and an empty one is this one's.
  const [path = "", ...rest] = text.replaceAll("\\", "/").split("@");
  const isSelf = rest.length > 0 && ["", "self"].includes(rest.join("@").toLowerCase());
  if (rest.length > 0 && !isSelf) return { kind: "elsewhere", why: "it is in another repository" };

  const including: Location =
    through === undefined ? { kind: "file", path: resolve(file.path) } : locateTemplate(root, through);
  let folder = root;
  if (including.kind === "file") folder = dirname(including.path);
  else if (!isSelf || (including.kind !== "elsewhere" && !path.startsWith("/"))) {
    const kind = including.kind === "elsewhere" ? "elsewhere" : "unknown";
    return { kind, why: `it is relative to ${through?.text}, which was not read` };
  }
  const located = join(path.startsWith("/") ? root : folder, path);
  return located.startsWith(root + sep) ? { kind: "file", path: located } : { kind: "outside" };
}
