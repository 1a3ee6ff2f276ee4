import * as z from "zod";
import { sameName } from "../common/same-name";
import { ask, type ProjectApi, RefusedError } from "./rest";

/** What is kept of a definition besides what is read here goes back as it came. */
const definition = z.looseObject({
  id: z.number(),
  name: z.string(),
  /** Its folder: `\` or `\ml\training`. */
  path: z.string(),
  revision: z.number(),
  process: z.looseObject({ yamlFilename: z.string().optional() }),
  repository: z.looseObject({ id: z.string(), name: z.string().nullish() }),
  variables: z
    .record(
      z.string(),
      z.looseObject({
        value: z.string().nullish(),
        isSecret: z.boolean().nullish(),
        allowOverride: z.boolean().nullish(),
      }),
    )
    .nullish(),
});

/** A pipeline's definition, whole. */
export type Definition = z.output<typeof definition>;

const references = z.object({ value: z.array(z.object({ id: z.number(), name: z.string(), path: z.string() })) });

/**
 * Reads a definition.
 *
 * @returns undefined if there is none with this id
 */
export async function readDefinition(api: ProjectApi, id: number): Promise<Definition | undefined> {
  try {
    return await ask(api, `build/definitions/${id}`, definition);
  } catch (error) {
    if (error instanceof RefusedError && error.status === 404) return undefined;
    throw error;
  }
}

/**
 * Finds a definition by its name, which is unique in its folder.
 *
 * @param folder `\` or `\ml\training`
 */
export async function findDefinition(api: ProjectApi, folder: string, name: string): Promise<Definition | undefined> {
  const query = new URLSearchParams({ name, path: folder });
  const { value } = await ask(api, `build/definitions?${query}`, references);
  // In the service's query a `*` is any text, and the root is every folder.
  const found = value.find((one) => sameName(one.name, name) && sameName(one.path, folder));
  return found && readDefinition(api, found.id);
}

/**
 * Sets one variable of a definition. Everything else stays as it is, secret variables included: they are read without
 * their values, and what is written without one keeps it.
 *
 * @throws Error if there is no such definition, or somebody else changed it meanwhile
 */
export async function setVariable(api: ProjectApi, id: number, name: string, value: string): Promise<void> {
  const found = await readDefinition(api, id);
  if (found === undefined) throw new Error(`there is no definition ${id}`);
  const variables = { ...found.variables, [name]: { value, isSecret: false, allowOverride: false } };
  await ask(api, `build/definitions/${id}`, definition, { ...found, variables });
}
