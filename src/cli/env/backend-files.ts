import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The files of a backend that Pulumi keeps by itself (DIY), wherever they are. Paths are from the backend's root, with `/`. */
export interface BackendFiles {
  /** A file's content; undefined if there is none. */
  read(path: string): Promise<Buffer | undefined>;
  /** The paths that begin with another one, of files that are in the same folder as it is. */
  beginning(path: string): Promise<string[]>;
}

/** Files on this machine (`file://…`). @returns undefined if the backend is elsewhere */
export function filesInFolder(url: string): BackendFiles | undefined {
  const root = pathOf(url);
  if (root === undefined) return undefined;
  return {
    async read(path) {
      return existsSync(join(root, path)) ? readFileSync(join(root, path)) : undefined;
    },
    async beginning(path) {
      const folder = dirname(`${path}.`);
      const names = existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : [];
      const start = path.endsWith("/") ? "" : basename(path);
      return names.filter((name) => name.startsWith(start)).map((name) => `${folder}/${name}`);
    },
  };
}

function pathOf(url: string): string | undefined {
  if (url.startsWith("file://~")) return join(homedir(), url.slice("file://~".length).replace(/\?.*$/, ""));
  return url.startsWith("file:///") ? fileURLToPath(url.replace(/\?.*$/, "")) : undefined;
}
