import type { Command } from "commander";
import { UserError } from "../../common/errors";
import { readText } from "../../common/files";
import { printable } from "../../common/printable";
import { localPath, type Repository } from "../../common/repository";
import { dockerLogin } from "../../image/docker-login";
import { readDockerfile } from "../../image/dockerfile";
import { ImageError } from "../../image/error";
import { parseReference } from "../../image/reference";
import { Repository as ImageRepository } from "../../image/repository";
import { attachSboms } from "../../sbom/attach";
import { lockFiles } from "../../settings/definition";
import { checkedOut } from "../project";
import { definitionOf } from "./definition";

/** `job-container image sbom`: what is in the run's image, beside it. */
export function define(command: Command): void {
  command
    .description(
      "For a step of the image-build pipeline: pushes an SBOM (CycloneDX) of what the run's lock files install in an image " +
        "beside the image, as a referrer. Signs in with Docker's logins.",
    )
    .argument("<reference>", "registry/repository:tag or registry/repository@sha256:…")
    .addHelpText("after", "\nExit code: 0 if it was pushed, or there is no lock file; 1 if not.")
    .action(async (reference: string) => {
      process.stdout.write(`${printable(await describeImage(reference, process.env, checkedOut()))}\n`);
    });
}

/** @returns what was done */
async function describeImage(reference: string, variables: NodeJS.ProcessEnv, repository: Repository): Promise<string> {
  const definition = definitionOf(variables);
  const none = `${reference}: no SBOM: it is made of a lock file, and the build takes none`;
  const local = (path: string) => localPath(repository, path);
  if (!readDockerfile(readText(local(definition.dockerfile)) ?? "").takesLock) return none;
  try {
    const { registry, repository: name, version } = parseReference(reference);
    const access = { registry, repository: name, login: await dockerLogin(registry, variables) };
    const { digest } = await new ImageRepository(access).manifest(version);
    const platforms = await attachSboms({ access, digest, lockFiles: lockFiles(definition).map(local) });
    return platforms.length === 0 ? none : `${reference}: pushed an SBOM for ${platforms.join(", ")} beside ${digest}`;
  } catch (error) {
    throw error instanceof ImageError ? new UserError(error.message) : error;
  }
}
