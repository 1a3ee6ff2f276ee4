import type { ParseArgsOptionsConfig } from "node:util";

/** Where a command works. */
export interface AzContext {
  /** The local cloud's Azure: `http://host:port`. */
  address: string;
  /** Where az keeps who is signed in. */
  configDirectory: string;
  /** Where Docker keeps its sign-ins. */
  dockerConfig: string;
}

/** What a command's options were given; one that is a switch has `true`. */
export type Given = Readonly<Record<string, unknown>>;

/** A command of az. */
export interface AzCommand {
  options: ParseArgsOptionsConfig;
  /** @returns what is printed; undefined for nothing */
  run(context: AzContext, given: Given): Promise<unknown>;
}

/** Why a command fails, in the Azure CLI's words. */
export class AzError extends Error {
  constructor(
    message: string,
    readonly exitCode = 1,
  ) {
    super(message);
  }
}

/** An option's text; empty where it was not given. */
export function textOf(given: Given, name: string): string {
  const value = given[name];
  return typeof value === "string" ? value : "";
}

/** The text of an option that has to be there. @throws AzError in the Azure CLI's words */
export function required(given: Given, name: string, shown = `--${name}`): string {
  const text = textOf(given, name);
  if (text === "") throw new AzError(`the following arguments are required: ${shown}`, 2);
  return text;
}
