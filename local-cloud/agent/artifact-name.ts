/** @throws Error in the agent's words if an artifact cannot be called so */
export function requireArtifactName(name: string): void {
  if (name !== "" && name !== "." && name !== ".." && !/[\\/":<>|*?]/.test(name)) return;
  throw new Error(
    `Artifact name is not valid: ${name}. It cannot contain '\\', /', "', ':', '<', '>', '|', '*', and '?'`,
  );
}
