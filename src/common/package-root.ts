import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "zod";

const manifest = z.object({
  name: z.string(),
  version: z.string(),
  peerDependencies: z.record(z.string(), z.string()),
});

/** This package: where it is, and what its package.json says. */
export interface Package {
  /** Absolute path of its folder, in this repository as where it is installed. */
  root: string;
  version: string;
  /** Pulumi's packages beside it, and their versions. */
  peers: Record<string, string>;
}

/** Finds this package from one of its files, built or not. */
export function ownPackage(from = __dirname): Package {
  for (let folder = from; ; folder = dirname(folder)) {
    const file = join(folder, "package.json");
    const found = existsSync(file) ? manifest.safeParse(JSON.parse(readFileSync(file, "utf8"))) : undefined;
    if (found?.data?.name === "job-container") {
      return { root: folder, version: found.data.version, peers: found.data.peerDependencies };
    }
    if (folder === dirname(folder)) throw new Error(`there is no package job-container above ${from}`);
  }
}
