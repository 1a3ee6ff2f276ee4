import { existsSync, readFileSync } from "node:fs";

/** A file's content, or undefined if there is no such file. */
export type ReadFile = (path: string) => string | undefined;

/** Reads a file of the project. */
export const readFile: ReadFile = (path) => (existsSync(path) ? readFileSync(path, "utf8") : undefined);
