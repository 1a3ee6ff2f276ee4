import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../src/common/errors";
import { isNodeError, makeDirectory, platform } from "./cache";

/** What a part is made with. */
export interface PartContext {
  env: NodeJS.ProcessEnv;
  /** Fires when another part failed or the person pressed Ctrl-C. */
  signal: AbortSignal;
  /** Says what is going on just now. */
  detail: (text: string) => void;
  /** Told the path of each Go package that has been compiled. */
  compiled?: (path: string) => void;
}

/** Fills an empty directory with a part. @throws UserError when it cannot. */
export type Make = (directory: string, context: PartContext) => Promise<void>;

/** One thing that the toolchain consists of, kept in a directory of its own in the cache. */
export interface ToolchainPart {
  name: string;
  version: string;
  /** The executable's path in the part's directory. */
  executable: string;
  /** Changes when what `build` makes changes (see `recipeHash`). */
  recipe: string;
  /** The directory of the Go module that `build` builds, if it builds one. */
  module?: string;
  /** Go packages that `build` has to compile, as `path@version`; undefined where Go cannot tell. */
  packages?: (context: Pick<PartContext, "env" | "signal">) => Promise<string[] | undefined>;
  build: Make;
  /** The project's own download, where one is used. */
  download?: Make;
}

/** How a part gets onto the machine. */
export type Way = "downloaded" | "built";

/** The directory of a part that is there already. */
export function findPart(part: ToolchainPart, cache: string): string | undefined {
  const ways: Way[] = part.download ? ["downloaded", "built"] : ["built"];
  const directories = ways.map((way) => partDirectory(part, cache, way));
  return directories.find((directory) => existsSync(join(directory, part.executable)));
}

/** Makes a part in the cache. @throws UserError when it cannot; nothing is left under the part's name then. */
export async function installPart(part: ToolchainPart, cache: string, way: Way, context: PartContext): Promise<void> {
  const make = (way === "downloaded" && part.download) || part.build;
  try {
    await makeDirectory(partDirectory(part, cache, way), (directory) => make(directory, context));
  } catch (error) {
    if (!isNodeError(error) || error.code !== "ENOSPC") throw error;
    throw new UserError(`${part.name} ${part.version} does not fit: the disk of ${cache} is full. Make room there.`);
  }
}

function partDirectory(part: ToolchainPart, cache: string, way: Way): string {
  return join(cache, `${part.name}-${part.version}-${platform}-${way === "built" ? part.recipe : way}`);
}
