/** Whether a permission is meant by one of Azure's patterns: `*` stands for any text, slashes too; case does not matter. */
export function matches(pattern: string, permission: string): boolean {
  const expression = pattern
    .split("*")
    .map((part) => part.replace(/[.]/g, "\\."))
    .join(".*");
  return new RegExp(`^${expression}$`, "i").test(permission);
}
