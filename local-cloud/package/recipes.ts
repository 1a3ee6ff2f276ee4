import { readFileSync } from "node:fs";
import * as z from "zod";
import { dataPath, isBuilt, recipesFile } from "./files";

const recipesForm = z.record(z.string(), z.string());

/**
 * The recipe of something that is made once per machine, from sources of this package among others: it changes when
 * they do. The installed package does not have the sources, so there it is the one that was noted when it was built.
 *
 * @param name under which it is noted
 * @param ofSources makes it from the sources
 */
export function recipeOf(name: string, ofSources: () => string): string {
  if (!isBuilt) return ofSources();
  const recipe = recipesForm.parse(JSON.parse(readFileSync(dataPath(recipesFile), "utf8")))[name];
  if (recipe !== undefined) return recipe;
  throw new Error(`the package local-cloud has no recipe of ${name}`);
}
