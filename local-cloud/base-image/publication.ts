import { pushTarballs } from "../registry/push";
import type { BaseImage } from ".";

/** Where the base image is in the public registry: under the name that it has on the internet, with a tag of ours. */
export const baseImage = { repository: "mambaorg/micromamba", tag: "local" };

/** Tells which recipe a published image was made by. */
const recipeLabel = "job-container.recipe";

/**
 * Puts the base image into the public registry, unless the one that is there was made by the same recipe.
 * @param address `host:port` of the registry.
 */
export async function publishBaseImage(address: string, image: BaseImage): Promise<void> {
  const { repository, tag } = baseImage;
  if ((await publishedRecipe(`http://${address}/v2/${repository}`, tag)) === image.recipe) return;
  const config = { ...image.config, Labels: { ...image.config.Labels, [recipeLabel]: image.recipe } };
  await pushTarballs(address, repository, tag, [image.rootfs], config);
}

async function publishedRecipe(url: string, tag: string): Promise<string | undefined> {
  const manifest = await getJson<{ config: { digest: string } }>(`${url}/manifests/${tag}`);
  if (manifest === undefined) return undefined;
  const image = await getJson<{ config: { Labels?: Record<string, string> } }>(
    `${url}/blobs/${manifest.config.digest}`,
  );
  return image?.config.Labels?.[recipeLabel];
}

async function getJson<T>(url: string): Promise<T | undefined> {
  const response = await fetch(url, { headers: { accept: "application/vnd.oci.image.manifest.v1+json, */*" } });
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`GET ${url} answered ${response.status}`);
  return (await response.json()) as T;
}
