import * as z from "zod";
import { ImageError } from "./error";
import { type Access, refusalOf } from "./registry-login";
import { Session } from "./session";

const manifestList = z.object({
  manifests: z.array(z.object({ digest: z.string(), tags: z.array(z.string()).default([]) })).nullish(),
});

/** A manifest in an Azure container registry. */
export interface StoredManifest {
  digest: string;
  /** None if it was replaced by another one under all of its tags. */
  tags: string[];
}

/** As many as are enough to say what is in a repository. */
const count = 5;

/**
 * The first manifests of a repository in an Azure container registry, those without a tag among them: a list of tags says
 * nothing of these (https://learn.microsoft.com/rest/api/containerregistry/).
 *
 * @returns none if there is no such repository
 * @throws ImageError if the registry cannot be reached, or does not tell this login
 */
export async function firstManifests(access: Access): Promise<StoredManifest[]> {
  const answer = await new Session(access).send(`/acr/v1/${access.repository}/_manifests?n=${count}`);
  if (answer.status === 200) return manifestList.parse(JSON.parse(await answer.text())).manifests ?? [];
  const refusal = await refusalOf(answer);
  if (answer.status === 404 && refusal.includes("NAME_UNKNOWN")) return [];
  throw new ImageError(
    `the registry ${access.registry} does not say what is in ${access.repository} (${refusal}). The identity needs a role that ` +
      "may read it: AcrPush, or Container Registry Repository Writer.",
  );
}
