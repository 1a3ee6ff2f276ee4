import { statSync } from "node:fs";
import { resolve } from "node:path";
import { InvalidArgumentError } from "commander";

/** Reads an argument that has to say something. */
export function notBlank(text: string): string {
  if (text.trim() !== "") return text;
  throw new InvalidArgumentError("It is empty: give a name, or leave the option out.");
}

/** Reads the path of a folder, one more each time that the option is given. */
export function folder(path: string, previous: string[] = []): string[] {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [...previous, resolve(path)];
  throw new InvalidArgumentError("It is no folder.");
}

/** Reads an argument of an option that may be given once: of two, Commander would take the last and say nothing. */
export function once(text: string, previous: string | undefined): string {
  if (previous === undefined) return text;
  throw new InvalidArgumentError(`It is given already (${previous}): give it once.`);
}
