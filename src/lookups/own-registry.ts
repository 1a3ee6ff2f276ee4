import { UserError } from "../common/errors";
import type { OwnOutputs } from "./own-outputs";
import type { ExistingRegistry } from "./registry";

/**
 * Makes sure that a registry that is said to exist is not this stack's own. As a new one it would be in the settings no
 * longer, and the update would delete it, with every image in it, before or after it was found.
 *
 * @param namespace of the program's settings, which begin with it and a colon
 * @throws UserError if it is, with the commands by which it stays
 */
export function requireOthers({ id, name }: ExistingRegistry, { registry: own }: OwnOutputs, namespace: string): void {
  // Azure compares ids without regard to case.
  if (own?.owned !== true || own.id?.toLowerCase() !== id.toLowerCase()) return;
  throw new UserError(
    `the container registry ${JSON.stringify(name)} was created by this stack, and the setting registry says that it is ` +
      "somebody else's: the update would delete it, with all images in it. To keep it, let the setting say that it is the " +
      `stack's own: \`pulumi config set --path ${namespace}:registry.kind new\` and ` +
      `\`pulumi config rm --path ${namespace}:registry.resourceGroup\`. Other stacks may name it as existing.`,
  );
}
