import { type Definition, findDefinition, readDefinition } from "../azure-devops/definitions";
import type { ProjectApi } from "../azure-devops/rest";
import { UserError } from "../common/errors";
import { sameName } from "../common/same-name";
import { tokenScopes } from "../common/token-scopes";
import { lookUp } from "./look-up";
import type { PipelineSource } from "./pipeline-source";

/** A definition that a team has, and that this program takes up. */
export interface AdoptedDefinition {
  /** The number in its page's address. */
  id: number;
  /** Its name in its folder. */
  name: string;
  /** Its folder: `\` or `\ml\training`. */
  folder: string;
}

export interface AdoptionRequest {
  /** What names the definition, for example `setting modelPipelines.0.adopt`. */
  setting: string;
  /** What names the stack's repository. */
  repository: string;
  /** Its id, or its path: `\folder\name`. */
  adopt: number | string;
  /** Path of the YAML file that it has to be of. */
  path: string;
}

/**
 * Finds a definition that is to be taken up. It must be of the pipeline's file in the stack's repository.
 *
 * @param api undefined if there is no access token
 * @param own ids of the definitions that this stack made
 * @returns the definition, with access to its project
 * @throws UserError if it does not exist, is another pipeline's, or is this stack's own
 */
export async function findAdopted(
  api: ProjectApi | undefined,
  { repository }: Pick<PipelineSource, "repository">,
  { setting, repository: named, adopt, path }: AdoptionRequest,
  own: Set<string>,
): Promise<{ definition: AdoptedDefinition; api: ProjectApi }> {
  const what = `the pipeline definition ${JSON.stringify(adopt)}`;
  if (api === undefined) {
    throw new UserError(
      `${what} (${setting}) cannot be read: there is no access token for Azure DevOps. ` +
        `Set AZDO_PERSONAL_ACCESS_TOKEN, with the scope ${tokenScopes.build.name}.`,
    );
  }
  const found = await lookUp(what, setting, read(api, adopt));
  const place = `${what} (${setting}: ${found.name}, ${found.id})`;
  if (own.has(String(found.id))) {
    throw new UserError(`${place} is one that this stack made: leave adopt out, which is for definitions of others.`);
  }
  const { yamlFilename } = found.process;
  if (yamlFilename === undefined) {
    throw new UserError(`${place} is a classic pipeline, which has no YAML file: convert it, or leave adopt out.`);
  }
  if (yamlFilename.replace(/^\//, "") !== path) {
    throw new UserError(`${place} is of the file ${yamlFilename}, not of ${path}: correct path, or adopt another one.`);
  }
  if (!sameName(found.repository.id, repository.repoId)) {
    throw new UserError(
      `${place} is of the repository ${found.repository.name ?? found.repository.id}, which is not the one in the ` +
        `${named}: adopt one of this repository.`,
    );
  }
  return { definition: { id: found.id, name: found.name, folder: found.path }, api };
}

async function read(api: ProjectApi, adopt: number | string): Promise<Definition> {
  const found = typeof adopt === "number" ? await readDefinition(api, adopt) : await findByPath(api, adopt);
  if (found === undefined) throw new Error("there is none in the project");
  return found;
}

function findByPath(api: ProjectApi, path: string): Promise<Definition | undefined> {
  const end = path.lastIndexOf("\\");
  return findDefinition(api, path.slice(0, end) || "\\", path.slice(end + 1));
}
