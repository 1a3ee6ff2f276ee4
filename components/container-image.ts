import * as dockerbuild from "@pulumi/docker-build";
import * as pulumi from "@pulumi/pulumi";
import type { Platform } from "../src/common/platforms";
import type { RegistryCredential } from "../src/image/azure-sign-in";
import { azureTokens } from "../src/pulumi/azure-tokens";
import { builderHintHook } from "../src/pulumi/builder-hint";
import { registryLogin } from "../src/pulumi/registry-login";
import { sbomHook } from "../src/pulumi/sbom-hook";
import { type Transform, transformed } from "../src/pulumi/transform";
import {
  buildArguments,
  contextOf,
  type EnvironmentDefinition,
  lockFolderOf,
  platformsOf,
} from "../src/rules/environment-definition";
import { imageLabels } from "../src/rules/image-labels";
import { imageTags, type TagValues } from "../src/rules/tags";
import type { BuildFiles } from "../src/settings/build";
import { lockFiles } from "../src/settings/definition";
import type { ContainerRegistry } from "./container-registry";

export interface ContainerImageArgs {
  registry: Pick<ContainerRegistry, "loginServer">;
  /** Repository in the registry, for example `mlops/diabetes_regression`. */
  repository: pulumi.Input<string>;
  /** Another repository in the registry, whose cache the build takes as well. Default: none. */
  baseRepository?: string;
  /** What it is built from. */
  definition: EnvironmentDefinition;
  /**
   * Its files as the engine takes them (see `findBuildFiles`). Default: those of the definition, for a program that runs
   * in the repository's root, with a Dockerfile that declares all build arguments.
   */
  files?: BuildFiles;
  /** Where the environment definition is, for people: the repository's page. */
  sourceUrl: string;
  /** Commit that the environment definition is from. Default: the image does not say. */
  revision?: string;
  /** What the tags are made of. The release is the image's version as well. */
  tagValues: TagValues;
  /** Microsoft Entra tenant of the identity that runs Pulumi. */
  tenantId: string;
  /** Name of the buildx builder. Default: the one that is in use. */
  builder?: string;
  transform?: {
    image?: Transform<dockerbuild.ImageArgs>;
  };
}

/** The tag under which the registry keeps what the next build can take over. It is not an image to run. */
const cacheTag = "cache";

/**
 * The job container: the image, built from the environment definition and pushed under all its tags, with the
 * build's cache and an SBOM of what its lock file installs beside them. It is never deleted from the registry by this
 * component, not even when it is replaced: a job may be using it.
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
  /** What it is built for. */
  readonly platforms: Platform[];
  /** How the identity that runs Pulumi signs in to the registry. A secret. */
  readonly login: pulumi.Output<RegistryCredential>;
  /** The raw resources. */
  readonly nodes: { image: dockerbuild.Image };

  constructor(name: string, args: ContainerImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:ContainerImage", name, {}, opts);
    const parent = { parent: this };
    const { registry, repository, definition } = args;

    const sayLeftOut = (of: string, names: string[]) => {
      if (names.length > 0) pulumi.log.info(`no value for ${names.join(", ")}: left out of the ${of}`, this);
    };

    const { tags, leftOut: noTags } = imageTags(args.tagValues);
    sayLeftOut(
      "tags",
      noTags.map((tag) => `${tag}-…`),
    );
    const { labels, leftOut: noLabels } = imageLabels({
      source: args.sourceUrl,
      revision: args.revision,
      version: args.tagValues.release,
    });
    sayLeftOut("labels", noLabels);
    const login = signInTo(registry, args.tenantId, parent);
    const image = buildImage();

    this.digest = image.digest;
    this.repository = pulumi.output(repository);
    this.reference = pulumi.interpolate`${registry.loginServer}/${repository}@${image.digest}`;
    this.tags = pulumi.output(tags);
    this.platforms = platformsOf(definition);
    this.login = login;
    this.nodes = { image };
    this.registerOutputs({ digest: this.digest, reference: this.reference });

    function buildImage(): dockerbuild.Image {
      const files = args.files ?? filesOf(definition);
      const cacheIn = (of: pulumi.Input<string>) => pulumi.interpolate`${registry.loginServer}/${of}:${cacheTag}`;
      const cache = cacheIn(repository);
      const others = args.baseRepository === undefined ? [] : [cacheIn(args.baseRepository)];
      const describe = sbomHook(`SBOM of ${name}`, {
        name: pulumi.interpolate`${registry.loginServer}/${repository}`,
        lockFiles: files.lockFiles ?? [],
        login,
      });
      return new dockerbuild.Image(
        ...transformed<dockerbuild.ImageArgs>(
          args.transform?.image,
          name,
          {
            // A folder of lock files takes the place of the Dockerfile's stage of that name.
            context: {
              location: files.context,
              ...(files.lockFolder && { named: { lock: { location: files.lockFolder } } }),
            },
            dockerfile: { location: files.dockerfile },
            buildArgs: buildArguments(definition, files.arguments),
            labels,
            platforms: platformsOf(definition),
            tags: tags.map((tag) => pulumi.interpolate`${registry.loginServer}/${repository}:${tag}`),
            registries: [login],
            // All stages', since the last one alone is no help to a changed environment. Azure's registries take a cache
            // only in the form of an image: https://learn.microsoft.com/azure/container-registry/container-registry-image-formats
            cacheFrom: [cache, ...others].map((ref) => ({ registry: { ref } })),
            cacheTo: [
              {
                registry: { ref: cache, mode: dockerbuild.CacheMode.Max, imageManifest: true, ociMediaTypes: true },
              },
            ],
            push: true,
            // A preview says that the image would be built; building it there would take minutes of every pull request.
            buildOnPreview: false,
            ...(args.builder && { builder: { name: args.builder } }),
          },
          {
            ...parent,
            retainOnDelete: true,
            hooks: {
              onError: [builderHintHook(`builder of ${name}`)],
              afterCreate: [describe],
              afterUpdate: [describe],
            },
          },
        ),
      );
    }
  }
}

function filesOf(definition: EnvironmentDefinition): BuildFiles {
  const { dockerfile } = definition;
  return {
    context: contextOf(definition),
    dockerfile,
    lockFolder: lockFolderOf(definition),
    lockFiles: lockFiles(definition),
  };
}

/** Signs in to the registry as the Azure identity that runs Pulumi. The token is a secret. */
function signInTo(
  registry: ContainerImageArgs["registry"],
  tenantId: string,
  opts: pulumi.InvokeOptions,
): pulumi.Output<RegistryCredential> {
  return pulumi
    .all([registry.loginServer, pulumi.secret(azureTokens(opts))])
    .apply(([loginServer, tokens]) => registryLogin(loginServer, tenantId, tokens, pulumi.runtime.isDryRun()));
}
