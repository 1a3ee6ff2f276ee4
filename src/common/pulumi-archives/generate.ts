import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { exitWithError } from "../errors";
import { cliArchive, download, knownChecksums, sha256Of } from "./archives";
import { cliVersion } from "./plugins";

const platforms = ["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64"];

/**
 * `npm run checksums`: makes checksums.json anew, for the version of the CLI that package.json pins. What is in it already
 * is not downloaded again, and so cannot change. It takes Pulumi's download site.
 */
async function main(): Promise<void> {
  const sums: Record<string, string> = {};
  for (const archive of platforms.map((platform) => cliArchive(cliVersion(), platform))) {
    sums[archive.name] = knownChecksums[archive.name] ?? sha256Of(await download(archive));
  }
  writeFileSync(join(__dirname, "checksums.json"), `${JSON.stringify(sums, undefined, 2)}\n`);
}

main().catch(exitWithError);
