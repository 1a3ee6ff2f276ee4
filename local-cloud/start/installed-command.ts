import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "zod";
import { UserError } from "../../src/common/errors";

/** A program and the arguments that come before a command's own. */
export type Command = [program: string, ...args: string[]];

const manifestForm = z.object({ bin: z.record(z.string(), z.string()).optional() });

/**
 * A command as npx finds it, which takes seconds to: what is installed in a folder or above it, or the command of the
 * package that the folder itself is.
 *
 * @throws UserError if there is none
 */
export function installedCommand(name: string, from: string): Command {
  for (let folder = from; ; folder = dirname(folder)) {
    const installed = join(folder, "node_modules", ".bin", name);
    if (existsSync(installed)) return [installed];
    const own = binOf(folder)[name];
    if (own !== undefined) return [process.execPath, join(folder, own)];
    if (folder === dirname(folder)) break;
  }
  throw new UserError(
    `the command ${name} is not installed in ${from} or in a folder above it. Install its package there, as its README says.`,
  );
}

function binOf(folder: string): Record<string, string> {
  const manifest = join(folder, "package.json");
  if (!existsSync(manifest)) return {};
  return manifestForm.safeParse(JSON.parse(readFileSync(manifest, "utf8"))).data?.bin ?? {};
}
