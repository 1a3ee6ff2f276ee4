import * as z from "zod";
import type { Platform } from "../common/platforms";
import { ImageError } from "./error";
import { type Descriptor, manifestTypes, type Repository } from "./repository";

/** The part of an image's configuration that containers run with (OCI image specification, `config`). */
export interface ContainerConfig {
  entrypoint: string[];
  /** Empty: root. */
  user: string;
  /** `PATH` as containers get it. */
  path: string;
  /** `NAME=value` */
  environment: string[];
  /** The same by their names. */
  variables: Record<string, string>;
  labels: Record<string, string>;
}

/** An image for one platform. */
export interface Image {
  config: ContainerConfig;
  /** Lowest first. */
  layers: Descriptor[];
}

/** The platforms that there are instead of the one that was asked for: `linux/arm64`, `windows/amd64`. */
export interface OtherPlatforms {
  others: string[];
}

const descriptor = z.object({
  mediaType: z.string(),
  digest: z.string().regex(/^sha256:[a-f\d]{64}$/),
  size: z.int().nonnegative(),
});

const platformForm = z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() });

const indexForm = z.object({ manifests: z.array(descriptor.extend({ platform: platformForm.optional() })) });

const manifestForm = z.object({ config: descriptor, layers: z.array(descriptor) });

const words = z.union([z.array(z.string()), z.string().transform((word) => [word])]).nullish();

const configForm = platformForm.extend({
  config: z
    .object({
      Entrypoint: words,
      User: z.string().nullish(),
      Env: z.array(z.string()).nullish(),
      Labels: z.record(z.string(), z.string()).nullish(),
    })
    .nullish()
    .transform((config) => config ?? {}),
});

/** Configurations of images; an artifact of another kind (a chart, a signature) has another. */
const configTypes = ["application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"];

/** More than any image's configuration is long, in bytes. */
const configLimit = 16 * 1024 * 1024;

/** Linux starts no program with a longer one (MAX_ARG_STRLEN, execve(2)). */
const longestVariable = 128 * 1024;

/** What Docker sets when an image sets no `PATH`. */
const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Finds an image's configuration and layers for a platform, through the list of platforms if it has one.
 *
 * @param version tag or digest
 * @throws ImageError if the registry has no such image, or something else under its name
 */
export async function readImage(
  repository: Repository,
  version: string,
  platform: Platform,
): Promise<Image | OtherPlatforms> {
  const name = repository.imageAt(version);
  let { mediaType, text } = await repository.manifest(version);
  if (manifestTypes.index.includes(mediaType)) {
    // Attestations are listed beside images, as manifests for the platform unknown/unknown.
    const entries = parse(indexForm, text, name).manifests.filter(({ platform }) => platform?.os !== "unknown");
    const entry = entries.find(({ platform: each }) => each !== undefined && nameOf(each) === platform);
    if (entry === undefined) {
      return { others: entries.flatMap(({ platform: each }) => (each ? [nameOf(each, each.variant)] : [])) };
    }
    ({ mediaType, text } = await repository.manifest(entry.digest));
  }
  if (!manifestTypes.image.includes(mediaType)) {
    throw new ImageError(
      `${name} is a manifest of the type ${mediaType || "(none)"}, and not an image as OCI or Docker (schema 2) have ` +
        "it. Build and push the image again with a current builder.",
    );
  }

  const manifest = parse(manifestForm, text, name);
  if (!configTypes.includes(manifest.config.mediaType)) {
    throw new ImageError(`${name} is not a container image but an artifact of the type ${manifest.config.mediaType}.`);
  }
  const { config, ...found } = parse(configForm, await readConfig(repository, manifest.config), name);
  if (nameOf(found) !== platform) return { others: [nameOf(found, found.variant)] };
  const environment = config.Env ?? [];
  if (environment.some((variable) => variable.length > longestVariable)) {
    throw new ImageError(
      `${name} has a variable of more than ${longestVariable} characters: no program starts with it.`,
    );
  }
  const variables = Object.fromEntries(
    environment.map((variable) => [variable.split("=", 1)[0], variable.slice(variable.indexOf("=") + 1)]),
  );
  return {
    config: {
      entrypoint: config.Entrypoint ?? [],
      user: config.User ?? "",
      path: variables.PATH || defaultPath,
      environment,
      variables,
      labels: config.Labels ?? {},
    },
    layers: manifest.layers,
  };
}

/** `linux/amd64`. The variant matters to people only: v8 is every arm64. */
function nameOf({ os, architecture }: z.output<typeof platformForm>, variant?: string): string {
  return [os, architecture, ...(variant ? [variant] : [])].join("/");
}

async function readConfig(repository: Repository, config: Descriptor): Promise<string> {
  if (config.size > configLimit) {
    throw new ImageError(
      `the image's configuration ${config.digest} has ${config.size} bytes: too many for an image's configuration.`,
    );
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of repository.blob(config)) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function parse<T extends z.ZodType>(form: T, text: string, name: string): z.output<T> {
  try {
    return form.parse(JSON.parse(text));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new ImageError(`the registry's description of ${name} cannot be understood: ${reason}`);
  }
}
