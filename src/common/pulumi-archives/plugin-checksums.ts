import { join } from "node:path";
import * as z from "zod";
import { UserError } from "../errors";
import { readText, writeInOneStep } from "../files";
import { type Checksums, download, pluginArchive, sha256Of, thisPlatform } from "./archives";
import { plugins } from "./plugins";

/** The file beside package.json in which a team keeps the SHA-256 sums of the plugins' archives. */
export const checksumsFile = "pulumi-checksums.json";

const sums = z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/));

export interface PluginOptions {
  /** The project folder, where the file is. */
  folder: string;
  /** Whether sums that are not known are refused instead of added. */
  frozen: boolean;
  signal: AbortSignal;
  /** Takes each line of news. */
  say(line: string): void;
}

/** What Microsoft's agents run. Sums are recorded for it wherever the command runs. */
const agents = "linux-x64";

/**
 * The sums of the plugins' archives, for this machine and for the agents. Those that the project does not know
 * are taken from the archives as they are now, and written down: from then on nothing else is installed.
 *
 * @throws UserError if one is not known, and none is to be added
 */
export async function checksumsOfPlugins({ folder, frozen, signal, say }: PluginOptions): Promise<Checksums> {
  const platforms = frozen ? [thisPlatform] : [...new Set([thisPlatform, agents])];
  const needed = platforms.flatMap((platform) =>
    plugins().map(({ name, version }) => pluginArchive(name, version, platform)),
  );
  const known = readTeamChecksums(folder);
  const unknown = needed.filter(({ name }) => known[name] === undefined);
  if (unknown.length === 0) return known;
  if (frozen) {
    throw new UserError(
      `the SHA-256 of ${unknown.map(({ name }) => name).join(", ")} is not known. Run \`npx job-container install\` ` +
        `where you work, in ${folder}, and commit ${checksumsFile}.`,
    );
  }
  const added: Record<string, string> = {};
  for (const archive of unknown) {
    added[archive.name] = sha256Of(await download(archive, signal));
    say(`the SHA-256 of ${archive.name} is ${added[archive.name]}`);
  }
  writeTeamChecksums(folder, { ...stillNeeded(known), ...added });
  say(`${unknown.length} sums were added to ${checksumsFile}: commit it`);
  return { ...known, ...added };
}

/** Without those of versions that were replaced. */
function stillNeeded(checksums: Checksums): Checksums {
  const prefixes = plugins().map(({ name, version }) => `pulumi-resource-${name}-v${version}-`);
  return Object.fromEntries(
    Object.entries(checksums).filter(([name]) => prefixes.some((prefix) => name.startsWith(prefix))),
  );
}

/**
 * The sums that a project has committed.
 *
 * @throws UserError if the file is not one that `writeTeamChecksums` wrote
 */
function readTeamChecksums(folder: string): Checksums {
  const path = join(folder, checksumsFile);
  const text = readText(path);
  if (text === undefined) return {};
  try {
    return sums.parse(JSON.parse(text));
  } catch {
    throw new UserError(
      `${path} is not a list of SHA-256 sums by archive. Restore it from Git, or delete it and run \`npx job-container install\`.`,
    );
  }
}

function writeTeamChecksums(folder: string, checksums: Checksums): void {
  const sorted = Object.fromEntries(Object.entries(checksums).sort());
  writeInOneStep(join(folder, checksumsFile), `${JSON.stringify(sorted, undefined, 2)}\n`);
}
