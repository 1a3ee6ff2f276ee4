import * as z from "zod";
import { keepOnce } from "../registry/keep-once";
import { pushTarballs } from "../registry/push";
import { blobFile } from "../registry/repository-files";
import type { BaseImage } from ".";

/** Where the base image is in the public registry: under the name that it has on the internet, with a tag of ours. */
export const baseImage = { repository: "mambaorg/micromamba", tag: "local" };

/** Tells which recipe a published image was made by. */
const recipeLabel = "job-container.recipe";

const manifestForm = z.object({
  config: z.object({ digest: z.string() }),
  layers: z.array(z.object({ digest: z.string() })),
});
const imageForm = z.object({ config: z.object({ Labels: z.record(z.string(), z.string()).default({}) }) });

/**
 * Puts the base image into the public registry, unless the one that is there was made by the same recipe. Its layer is the
 * cache's file, if both are on one file system.
 *
 * @param address `host:port` of the registry.
 * @param storage where the registry keeps its content
 */
export async function publishBaseImage(address: string, storage: string, image: BaseImage): Promise<void> {
  const { repository, tag } = baseImage;
  const url = `http://${address}/v2/${repository}`;
  if ((await publishedRecipe(url, tag)) === image.recipe) return;
  const config = { ...image.config, Labels: { ...image.config.Labels, [recipeLabel]: image.recipe } };
  await pushTarballs(address, repository, tag, [image.rootfs], config);
  const manifest = await getJson(`${url}/manifests/${tag}`, manifestForm);
  for (const { digest } of manifest?.layers ?? []) keepOnce([image.rootfs, blobFile(storage, digest)]);
}

async function publishedRecipe(url: string, tag: string): Promise<string | undefined> {
  const manifest = await getJson(`${url}/manifests/${tag}`, manifestForm);
  if (manifest === undefined) return undefined;
  const image = await getJson(`${url}/blobs/${manifest.config.digest}`, imageForm);
  return image?.config.Labels[recipeLabel];
}

async function getJson<T>(url: string, form: z.ZodType<T>): Promise<T | undefined> {
  const response = await fetch(url, { headers: { accept: "application/vnd.oci.image.manifest.v1+json, */*" } });
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`GET ${url} answered ${response.status}`);
  return form.parse(await response.json());
}
