import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { runPip, type Work } from "../base-image/inside";
import { dataPath } from "../package/files";
import { wheelCache } from "../toolchain/build-caches";
import { listFiles, temporaryDirectory } from "../toolchain/cache";

/** A project's wheel on PyPI. */
const wheelForm = z.object({
  /** What conda-forge calls it. */
  name: z.string(),
  /** What PyPI calls it. Default: the same. */
  pypi: z.string().optional(),
  version: z.string(),
  /** In hexadecimal digits: of the one for every platform, or of each platform's. */
  sha256: z.array(z.hash("sha256")).min(1),
});

export type Wheel = z.infer<typeof wheelForm>;

/** The wheels that packages.json lists. */
export function listedWheels(): Wheel[] {
  const table: unknown = JSON.parse(readFileSync(dataPath("channel/packages.json"), "utf8"));
  return z.object({ wheels: z.array(wheelForm) }).parse(table).wheels;
}

/**
 * Puts the wheels into the folder `/tmp/wheels` of a root file system, those for its Python. What was downloaded
 * before, as by a start that was interrupted, is known by its hash; pip compares the hash of what it downloads.
 *
 * @param root of the base image
 * @throws UserError if one cannot be had, or is another one
 */
export async function fetchWheels(
  wheels: Wheel[],
  { cache, root, pipWheel }: { cache: string; root: string; pipWheel: string },
  work: Work,
): Promise<void> {
  const store = wheelCache(cache);
  const folder = join(root, "tmp/wheels");
  for (const directory of [store, folder]) mkdirSync(directory, { recursive: true });
  const known = new Map(listFiles(store, () => true).map((file) => [sha256Of(join(store, file)), file]));
  const fileOf = ({ sha256 }: Wheel) => sha256.flatMap((hash) => known.get(hash) ?? [])[0];

  const missing = wheels.filter((wheel) => fileOf(wheel) === undefined);
  const detail = (line: string) => work.detail(`${missing.length} wheels: ${line.trim()}`);
  for (const round of rounds(missing)) {
    writeFileSync(join(root, "tmp/wheels.txt"), round.map(requirementOf).join(""));
    const options = ["--only-binary=:all:", "--no-deps", "--require-hashes", "--dest=/tmp/wheels"];
    await runPip(root, pipWheel, ["download", ...options, "--requirement=/tmp/wheels.txt"], { ...work, detail });
  }
  keep(
    listFiles(folder, () => true),
    { folder, store, cache },
  );
  for (const file of wheels.flatMap((wheel) => fileOf(wheel) ?? []))
    copyFileSync(join(store, file), join(folder, file));
}

/** pip refuses two versions of one project in one go. */
export function rounds(wheels: Wheel[]): Wheel[][] {
  const all: Wheel[][] = [];
  for (const wheel of wheels) {
    const free = all.find((round) => round.every(({ name }) => name !== wheel.name));
    if (free === undefined) all.push([wheel]);
    else free.push(wheel);
  }
  return all;
}

function requirementOf({ name, pypi = name, version, sha256 }: Wheel): string {
  return `${pypi}==${version} ${sha256.map((hash) => `--hash=sha256:${hash}`).join(" ")}\n`;
}

/** Each in one step, so that whoever fills a channel at the same time finds whole files only. */
function keep(files: string[], { folder, store, cache }: { folder: string; store: string; cache: string }): void {
  const partial = temporaryDirectory(cache);
  try {
    for (const file of files) {
      copyFileSync(join(folder, file), join(partial, file));
      renameSync(join(partial, file), join(store, file));
    }
  } finally {
    rmSync(partial, { recursive: true });
  }
}

function sha256Of(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}
