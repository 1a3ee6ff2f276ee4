import type { Dependency } from "../conda-file";

/**
 * A conda dependency as rattler reads it, without its channel. The form with brackets has one meaning only:
 * `name[version="…",build="…"]`.
 */
export function specificationOf({
  name,
  constraint,
  build,
}: Pick<Dependency, "name" | "constraint" | "build">): string {
  return specification(name, { version: constraint.text || undefined, build });
}

/** A package's specification with those of the parts that are given. */
export function specification(name: string, parts: Record<string, string | undefined>): string {
  const given = Object.entries(parts).flatMap(([key, value]) => (value === undefined ? [] : [`${key}="${value}"`]));
  return given.length === 0 ? name : `${name}[${given.join(",")}]`;
}
