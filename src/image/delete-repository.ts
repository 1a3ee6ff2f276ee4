import { setTimeout as sleep } from "node:timers/promises";
import { ImageError } from "./error";
import type { Answer } from "./http";
import { isRepository } from "./reference";
import { type RegistryLogin, refusalOf } from "./registry-login";
import { locksOf } from "./repository-locks";
import { Session } from "./session";

export interface DeletionOptions {
  /** Host and, if it has one, port: the registry's login server. */
  registry: string;
  /** For example `mlops/diabetes_regression/tensorflow`. Repositories below it are others, and stay. */
  repository: string;
  login: RegistryLogin;
  /** Milliseconds between deletions while images keep coming. Default: 2 s. */
  pause?: number;
}

/** How often to delete before giving up on a repository that is pushed to all the time. */
const attempts = 10;

/** How long the registry may take for one deletion, in milliseconds: a repository may have thousands of manifests. */
const timeout = 300_000;

/** What lets an identity delete: https://learn.microsoft.com/azure/container-registry/container-registry-rbac-built-in-roles-overview */
const roles =
  "a role on the registry that may delete: AcrDelete, Contributor or Owner; where the registry's permissions are by " +
  "repository, Container Registry Repository Contributor";

/**
 * Deletes a repository of an Azure container registry with all its tags and manifests, by the registry's own API, as
 * `az acr repository delete` does (https://learn.microsoft.com/rest/api/containerregistry/). It is deleted until the
 * registry says that it knows no such repository, so that what is pushed in the meantime goes too. A repository that
 * does not exist is what is wanted.
 *
 * @throws ImageError with what to do if the registry refuses, cannot be reached, or keeps getting new images
 */
export async function deleteRepository(options: DeletionOptions): Promise<void> {
  const { registry, repository, login, pause = 2_000 } = options;
  // Anything else could lead the request to another repository, or to none.
  if (!isRepository(repository)) throw new ImageError(`${JSON.stringify(repository)} is not the name of a repository.`);
  const session = new Session({
    ...{ registry, repository, login, timeout },
    refused: (reason) => notAllowed(options, reason),
  });
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (attempt > 1) await sleep(pause);
    const answer = await session.send(`/acr/v1/${repository}`, { method: "DELETE" });
    if (answer.status === 202) await answer.discard();
    else {
      const refusal = await refusalOf(answer);
      if (answer.status === 404 && refusal.includes("NAME_UNKNOWN")) return;
      throw await explained(options, session, answer, refusal);
    }
  }
  throw new ImageError(
    `the repository ${repository} of the registry ${registry} has been deleted ${attempts} times, and is there again: ` +
      "something keeps pushing to it. Cancel the pipeline runs that do, and try again.",
  );
}

async function explained(options: DeletionOptions, session: Session, answer: Answer, refusal: string) {
  const { registry, repository } = options;
  switch (answer.status) {
    case 401:
      return notAllowed(options, refusal);
    case 403:
      return new ImageError(
        `the registry ${registry} forbids deleting ${repository} (${refusal}). Its network rules must let this machine ` +
          `in (a firewall rule, or a machine inside its private network), and the identity needs ${roles}.`,
      );
    case 405:
      return locked(options, await locksOf(session, repository), refusal);
    case 404:
      return new ImageError(
        `the registry ${registry} has no API to delete ${repository} by (${refusal}): is it an Azure container registry?`,
      );
    default:
      return new ImageError(
        `the registry ${registry} does not delete ${repository}: it answered ${refusal}. Try again later.`,
      );
  }
}

function notAllowed({ registry, repository }: DeletionOptions, reason: string): ImageError {
  return new ImageError(
    `the registry ${registry} does not let this identity delete ${repository} (${reason}). It needs ${roles}. ` +
      "A role that was just given takes some minutes to count.",
  );
}

function locked({ registry, repository }: DeletionOptions, locks: string[] | undefined, refusal: string): ImageError {
  const name = registry.replace(/\.azurecr\.io$/i, "");
  const unlock = (what: string) =>
    `\`az acr repository update --name ${name} ${what} --delete-enabled true --write-enabled true\``;
  const [first, ...more] = locks ?? [];
  const [which, how] =
    first === undefined
      ? ["it, or a tag or manifest in it, is locked", unlock(`--repository ${repository}`)]
      : [
          `locked ${more.length > 0 ? "are" : "is"} ${[first, ...more].join(", ")}`,
          unlock(first === repository ? `--repository ${first}` : `--image ${first}`),
        ];
  return new ImageError(
    `the registry ${registry} does not allow ${repository} to be deleted (${refusal}): ${which}. If it may go, unlock with ` +
      `${how}${more.length > 0 ? " and so on" : ""}, and try again.`,
  );
}
