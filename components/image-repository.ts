import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import { messageOf } from "../src/common/errors";
import { signIn } from "../src/image/azure-sign-in";
import { deleteRepository } from "../src/image/delete-repository";
import { firstManifests } from "../src/image/first-manifests";
import { azureTokens } from "../src/pulumi/azure-tokens";
import { resourceHook } from "../src/pulumi/hooks";

export interface ImageRepositoryArgs {
  registry: { loginServer: pulumi.Input<string> };
  /** Its path in the registry, for example `mlops/diabetes_regression/tensorflow`. Another path is another repository. */
  repository: string;
  /** Microsoft Entra tenant of the identity that runs Pulumi. */
  tenantId: string;
}

/** What the state remembers of a repository: all that it takes to delete it. */
const ownedForm = z.object({ loginServer: z.string(), repository: z.string() });

/**
 * A repository of an Azure container registry that this stack owns. A registry makes it with the first push; one that
 * has images already belongs to somebody else, and is refused. Destroying this deletes it with every tag and manifest in it, whoever pushed them, and nothing of any other repository, not even
 * of those below it. What pushes to it should depend on `name`, so that it is gone before the repository is.
 *
 * The deletion runs in this program, so `pulumi destroy` needs `--run-program`, and refuses without it. If the registry
 * refuses, the repository stays in the state, and the next `pulumi destroy` tries again.
 */
export class ImageRepository extends pulumi.ComponentResource {
  /** Its path in the registry. */
  readonly name: pulumi.Output<string>;

  constructor(name: string, args: ImageRepositoryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:ImageRepository", name, {}, opts);
    const parent = { parent: this };

    // Not in the hook: there the engine answers no more calls to a provider.
    const tokens = azureTokens(parent);
    const { loginServer } = args.registry;
    const stash = new pulumi.Stash(
      name,
      { input: { loginServer, repository: args.repository } },
      {
        ...parent,
        replaceOnChanges: ["*"],
        hooks: {
          beforeCreate: [resourceHook(`${name}-new-repository`, requireNew)],
          beforeDelete: [resourceHook(`${name}-delete-repository`, deleteWhatWas)],
        },
      },
    );
    const owned = stash.input.apply((input) => ownedForm.parse(input));
    // Before anything is deleted; never if an earlier destroy has deleted this one.
    let present: ({ id: string } & z.output<typeof ownedForm>) | undefined;
    pulumi.all([stash.id, owned]).apply(([id, repository]) => {
      present = { id, ...repository };
    });

    this.name = owned.repository;
    this.registerOutputs({ name: this.name });

    async function requireNew({ newInputs }: pulumi.ResourceHookArgs): Promise<void> {
      const { loginServer, repository } = ownedForm.parse(newInputs?.input);
      const { password } = await signIn(loginServer, args.tenantId, await tokens, "push");
      const login = { identityToken: password };
      const manifests = await firstManifests({ registry: loginServer, repository, login });
      if (manifests.length === 0) return;
      const names = manifests.flatMap(({ digest, tags }) => (tags.length > 0 ? tags : digest));
      throw new Error(
        `the registry ${loginServer} has a repository ${repository} already, which this stack did not make ` +
          `(in it: ${names.slice(0, 5).join(", ")}), and would delete when it is destroyed. ` +
          "Give the environment another name, or delete that repository first if nobody needs it.",
      );
    }

    /** Deletes the repository that the state tells of, which this program may call by another name already. */
    async function deleteWhatWas({ id, urn, oldInputs }: pulumi.ResourceHookArgs): Promise<void> {
      const { loginServer, repository } = ownedForm.parse(oldInputs?.input);
      // A replacement that was taken back has left the old resource to be deleted, and another one owns its repository.
      if (present?.id !== id && present?.loginServer === loginServer && present.repository === repository) return;
      try {
        const { password } = await signIn(loginServer, args.tenantId, await tokens, "delete");
        await deleteRepository({ registry: loginServer, repository, login: { identityToken: password } });
      } catch (error) {
        throw new Error(
          `${messageOf(error)} The stack still owns the repository: when this is solved, ` +
            `run the same command again. If the registry is gone, \`pulumi state delete '${urn}'\` forgets it.`,
        );
      }
    }
  }
}
