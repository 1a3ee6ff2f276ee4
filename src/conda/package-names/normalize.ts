/**
 * A conda package's name as conda compares it: in lower case, where `-`, `_` and `.` stay different.
 * Source: conda's documentation, "Package naming conventions".
 */
export function normalizeCondaName(name: string): string {
  return name.toLowerCase();
}

/** A Python project's name as pip compares it: lower case, and any run of `-`, `_` and `.` is one `-`. Source: PEP 503. */
export function normalizePipName(name: string): string {
  return name.replaceAll(/[-_.]+/g, "-").toLowerCase();
}
