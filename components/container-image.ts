import { dirname } from "node:path";
import * as authorization from "@pulumi/azure-native/authorization";
import * as dockerbuild from "@pulumi/docker-build";
import * as pulumi from "@pulumi/pulumi";
import type { ContainerRegistry } from "./container-registry";
import { UserError } from "./errors";
import { type RegistryLogin, signIn } from "./registry-login";
import { imageTags, type TagValues } from "./tags";
import { type Transform, transformed } from "./transform";

export interface ContainerImageArgs {
  registry: ContainerRegistry;
  /** Repository in the registry, for example `mlops/diabetes_regression`. */
  repository: string;
  /** Path of the Dockerfile, from the project's folder. Its folder is the build's context. */
  dockerfile: string;
  /** Image that the Dockerfile starts from, pinned to its digest (see `pinImage`). */
  baseImage: string;
  /** Conda channel that the environment's packages come from: a name or a URL. */
  condaChannel: string;
  /** What the tags are made of. */
  tagValues: TagValues;
  /** Microsoft Entra tenant of the identity that runs Pulumi. */
  tenantId: string;
  /** Name of the buildx builder. Default: the one that is in use. */
  builder?: string;
  transform?: {
    image?: Transform<dockerbuild.ImageArgs>;
  };
}

/**
 * The job container: the image, built from the environment definition and pushed under all its tags. It is never
 * deleted from the registry by this component, not even when it is replaced: a job may be using it.
 *
 * @throws UserError if the registry refuses the identity that runs Pulumi
 */
export class ContainerImage extends pulumi.ComponentResource {
  /** Digest of what was pushed: `sha256:…`. */
  readonly digest: pulumi.Output<string>;
  /** `<login server>/<repository>@sha256:…`: what other resources refer to. */
  readonly reference: pulumi.Output<string>;
  readonly repository: pulumi.Output<string>;
  readonly tags: pulumi.Output<string[]>;
  /** The raw resources. */
  readonly nodes: { image: dockerbuild.Image };

  constructor(name: string, args: ContainerImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:ContainerImage", name, {}, opts);
    const parent = { parent: this };
    const { registry, repository } = args;

    const { tags, leftOut } = imageTags(args.tagValues);
    if (leftOut.length > 0) {
      pulumi.log.info(`no value for ${leftOut.map((tag) => `${tag}-…`).join(", ")}: left out of the tags`, this);
    }
    const image = buildImage();

    this.digest = image.digest;
    this.repository = pulumi.output(repository);
    this.reference = pulumi.interpolate`${registry.loginServer}/${repository}@${image.digest}`;
    this.tags = pulumi.output(tags);
    this.nodes = { image };
    this.registerOutputs({ digest: this.digest, reference: this.reference });

    function buildImage(): dockerbuild.Image {
      return new dockerbuild.Image(
        ...transformed<dockerbuild.ImageArgs>(
          args.transform?.image,
          name,
          {
            context: { location: dirname(args.dockerfile) },
            dockerfile: { location: args.dockerfile },
            buildArgs: { BASE_IMAGE: args.baseImage, CONDA_CHANNEL: args.condaChannel },
            platforms: [dockerbuild.Platform.Linux_amd64],
            tags: tags.map((tag) => pulumi.interpolate`${registry.loginServer}/${repository}:${tag}`),
            registries: [login(registry, args.tenantId, parent)],
            push: true,
            // A preview says that the image would be built; building it there would take minutes of every pull request.
            buildOnPreview: false,
            ...(args.builder && { builder: { name: args.builder } }),
          },
          { ...parent, retainOnDelete: true },
        ),
      );
    }
  }
}

/** Signs in to the registry as the Azure identity that runs Pulumi. The token is a secret. */
function login(
  registry: ContainerRegistry,
  tenantId: string,
  opts: pulumi.InvokeOptions,
): pulumi.Output<RegistryLogin> {
  const token = authorization.getClientToken({}, opts).then((result) => result.token);
  return pulumi.all([registry.loginServer, pulumi.secret(token)]).apply(([loginServer, accessToken]) =>
    signIn(loginServer, tenantId, accessToken).catch((error: Error) => {
      throw new UserError(error.message);
    }),
  );
}
