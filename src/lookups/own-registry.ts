import { UserError } from "../common/errors";
import { asArgument, asSetting } from "../common/name-of";
import type { OwnOutputs } from "./own-outputs";
import type { ExistingRegistry } from "./registry";

/**
 * Makes sure that a registry that is said to exist is not this stack's own. As a new one it would be in the settings no
 * longer, and the update would delete it, with every image in it, before or after it was found.
 *
 * @param namespace of the program's settings, which begin with it and a colon; undefined if an argument names the registry
 * @throws UserError if it is, with the commands by which it stays
 */
export function requireOthers(
  { id, name }: ExistingRegistry,
  { registry: own }: OwnOutputs,
  namespace: string | undefined,
): void {
  // Azure compares ids without regard to case.
  if (own?.owned !== true || own.id?.toLowerCase() !== id.toLowerCase()) return;
  const [where, how] =
    namespace === undefined
      ? [asArgument("registry"), 'the kind "new", and no resourceGroup']
      : [
          asSetting("registry"),
          `\`pulumi config set --path ${namespace}:registry.kind new\` and ` +
            `\`pulumi config rm --path ${namespace}:registry.resourceGroup\``,
        ];
  throw new UserError(
    `the container registry ${JSON.stringify(name)} was created by this stack, and the ${where} says that it is ` +
      "somebody else's: the update would delete it, with all images in it. To keep it, let it say that it is the stack's " +
      `own: ${how}. Other stacks may name it as existing.`,
  );
}
