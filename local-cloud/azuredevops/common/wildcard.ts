/** An expression for a pattern in which `*` stands for any characters, slashes too, and `?` for one. */
export function wildcard(pattern: string): RegExp {
  return new RegExp(`^${source(pattern)}$`, "s");
}

/** The same for a path, where a folder's stands for all that is in it. */
export function wildcardPath(pattern: string): RegExp {
  return new RegExp(`^${source(pattern.replace(/\/+$/, ""))}(?:/.*)?$`, "s");
}

function source(pattern: string): string {
  return pattern
    .replace(/[\\^$.+()[\]{}|]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
}
