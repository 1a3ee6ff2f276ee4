import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../errors";
import { run } from "../run";
import { type Checksums, cliArchive, download, knownChecksums, sha256Of } from "./archives";

export interface InstallOptions {
  signal: AbortSignal;
  /** Default: those of the versions that package.json pins. */
  checksums?: Checksums;
}

/**
 * Puts the Pulumi CLI and its language hosts into the folder `bin` of a folder. Nothing of an archive is unpacked
 * before its SHA-256 is the one that is known; the installer that the `pulumi` package would run compares nothing.
 *
 * @param folder is made if it is not there
 * @throws UserError if the archive cannot be had, is not known, or is another one
 */
export async function installCli(version: string, folder: string, options: InstallOptions): Promise<void> {
  const { signal, checksums = knownChecksums } = options;
  const archive = cliArchive(version);
  const expected = checksums[archive.name];
  if (expected === undefined) {
    throw new UserError(
      `the SHA-256 of ${archive.name} is not known: this version of job-container goes with ${Object.keys(checksums).join(", ")}. ` +
        "Install the package pulumi at the version of its peerDependencies, on Linux or macOS.",
    );
  }
  const content = await download(archive, signal);
  const actual = sha256Of(content);
  if (actual !== expected) {
    throw new UserError(
      `${archive.url} has the SHA-256 ${actual}, and what was released has ${expected}: it was not installed. ` +
        "Find out who answers in Pulumi's place, such as a proxy, before you try again.",
    );
  }
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(folder, ".new-"));
  try {
    writeFileSync(join(work, archive.name), content);
    const unpack = ["-xzf", archive.name, "--strip-components", "1", "-C", "bin"];
    mkdirSync(join(work, "bin"));
    const { code, lines } = await run("tar", unpack, { cwd: work, env: process.env, signal });
    if (code !== 0) throw new UserError(`${archive.name} cannot be unpacked: ${lines.slice(-3).join(" ")}`);
    renameSync(join(work, "bin"), join(folder, "bin"));
  } finally {
    rmSync(work, { recursive: true });
  }
}
