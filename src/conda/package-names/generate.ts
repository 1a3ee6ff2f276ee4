import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { exitWithError, messageOf, UserError } from "../../common/errors";
import { tableFrom } from "./mapping";
import { formatTable } from "./table";

/** Where parselmouth publishes conda-forge's mapping, anew every hour (its README, "Exposed endpoints"). */
const published = "https://conda-mapping.prefix.dev/compressed-v0/conda-forge/compressed_mapping.json";

const mappingFile = z.record(z.string(), z.array(z.string()).nullable());

/**
 * `npm run package-names [-- <mapping.json>]`: makes conda-forge.txt anew, from the published mapping or from a copy.
 *
 * @throws UserError when the mapping cannot be read or is not one
 */
async function main(args: string[]): Promise<void> {
  const [source = published, ...rest] = args;
  if (rest.length > 0) throw new UserError(`"${rest.join(" ")}" is too much: give one path, or none.`);
  const mapping = mappingFile.safeParse(await read(source));
  if (!mapping.success) {
    const [first] = mapping.error.issues;
    throw new UserError(
      `${source} is not a mapping from conda's names to PyPI's: "${first?.path.join(".")}": ${first?.message}. ` +
        "Give parselmouth's compressed_mapping.json.",
    );
  }
  writeFileSync(join(__dirname, "conda-forge.txt"), formatTable(tableFrom(mapping.data)));
}

async function read(source: string): Promise<unknown> {
  try {
    if (source !== published) return JSON.parse(readFileSync(source, "utf8"));
    const response = await fetch(source);
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return await response.json();
  } catch (error) {
    throw new UserError(
      `the mapping cannot be read from ${source}: ${messageOf(error)}. ` +
        "Give the path of a copy: npm run package-names -- <mapping.json>",
    );
  }
}

main(process.argv.slice(2)).catch(exitWithError);
