import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { Caches } from "../../agent/run";

const entryForm = z.strictObject({ key: z.array(z.string()), branch: z.string(), savedAt: z.string() });

/** What stands for the rest of a key. */
const wildcard = "**";

/**
 * The caches of a pipeline on disk: a folder each, with the key and the branch beside the files.
 *
 * @param folder that they are in; it need not be there
 */
export function cachesIn(folder: string): Caches {
  const entries = () =>
    (existsSync(folder) ? readdirSync(folder) : [])
      .filter((name) => existsSync(join(folder, name, "entry.json")))
      .map((name) => ({
        ...entryForm.parse(JSON.parse(readFileSync(join(folder, name, "entry.json"), "utf8"))),
        folder: join(folder, name, "files"),
      }))
      .sort((a, b) => b.savedAt.localeCompare(a.savedAt));
  return {
    find(keys, branches) {
      const known = entries();
      for (const wanted of keys) {
        for (const branch of branches) {
          const found = known.find((entry) => entry.branch === branch && matches(entry.key, wanted));
          if (found !== undefined) return { key: found.key, folder: found.folder };
        }
      }
      return undefined;
    },
    save(key, branch, fill) {
      mkdirSync(folder, { recursive: true });
      const making = mkdtempSync(join(folder, ".partial-"));
      try {
        fill(join(making, "files"));
        writeFileSync(join(making, "entry.json"), JSON.stringify({ key, branch, savedAt: new Date().toISOString() }));
        const name = createHash("sha256")
          .update(JSON.stringify([branch, key]))
          .digest("hex");
        renameSync(making, join(folder, name));
      } finally {
        rmSync(making, { recursive: true, force: true });
      }
    },
  };
}

function matches(key: string[], wanted: string[]): boolean {
  const isPrefix = wanted.at(-1) === wildcard;
  const fixed = isPrefix ? wanted.slice(0, -1) : wanted;
  return (isPrefix || key.length === fixed.length) && fixed.every((segment, index) => key[index] === segment);
}
