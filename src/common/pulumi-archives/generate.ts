import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { exitWithError } from "../errors";
import { type Archive, cliArchive, download, knownChecksums, pluginArchive, sha256Of } from "./archives";
import { cliVersion, plugins } from "./plugins";

const platforms = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"];

/**
 * `npm run checksums`: makes checksums.json anew, for the versions that package.json pins. What is in it already is not
 * downloaded again, and so cannot change. It takes Pulumi's download site.
 */
async function main(): Promise<void> {
  const archives: Archive[] = platforms.flatMap((platform) => [
    cliArchive(cliVersion(), platform),
    ...plugins().map(({ name, version }) => pluginArchive(name, version, platform)),
  ]);
  const sums: Record<string, string> = {};
  for (const archive of archives.sort((one, other) => (one.name < other.name ? -1 : 1))) {
    sums[archive.name] = knownChecksums[archive.name] ?? sha256Of(await download(archive));
  }
  writeFileSync(join(__dirname, "checksums.json"), `${JSON.stringify(sums, undefined, 2)}\n`);
}

main().catch(exitWithError);
