import { basename, join } from "node:path";
import * as z from "zod";
import { readText } from "../../common/files";
import type { PackageManager } from "./package-manager";
import type { NewFile } from "./render";
import type { Report } from "./report";

const dependencies = z.record(z.string(), z.string()).default({});
const manifest = z.object({ dependencies, devDependencies: dependencies });

/**
 * What files that were there before lack of what this project needs of them: dependencies, and what Git should ignore.
 *
 * @param files as they would be written
 */
export function lackingIn(root: string, files: NewFile[], { add }: PackageManager): Report["lacking"] {
  return files.flatMap(({ path, text }) => {
    const there = readText(join(root, path));
    if (there === undefined || there === text) return [];
    if (basename(path) === "package.json") return packagesIn(path, there, text, add);
    if (basename(path) === ".gitignore") return linesIn(path, there, text);
    return [];
  });
}

function packagesIn(path: string, there: string, text: string, add: PackageManager["add"]): Report["lacking"] {
  const wanted = manifest.parse(JSON.parse(text));
  const found = readManifest(there);
  if (found === undefined) return [{ path, text: "and it is no package.json that npm could read" }];
  const all = { ...found.dependencies, ...found.devDependencies };
  const missing = (of: Record<string, string>) =>
    Object.entries(of).flatMap(([name, version]) => (name in all ? [] : [`${name}@${version}`]));
  const [own, beside] = [missing(wanted.dependencies), missing(wanted.devDependencies)];
  const commands = [
    ...(own.length > 0 ? [`${add.own} ${own.join(" ")}`] : []),
    ...(beside.length > 0 ? [`${add.dev} ${beside.join(" ")}`] : []),
  ];
  if (commands.length === 0) return [];
  return [{ path, text: `add to it ${[...own, ...beside].join(", ")}`, command: commands.join(" && ") }];
}

function readManifest(text: string): z.output<typeof manifest> | undefined {
  try {
    return manifest.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function linesIn(path: string, there: string, text: string): Report["lacking"] {
  const lines = new Set(there.split("\n").map((line) => line.trim()));
  const missing = text.split("\n").filter((line) => line !== "" && !lines.has(line));
  return missing.length === 0 ? [] : [{ path, text: `add the lines ${missing.join(" and ")}` }];
}
