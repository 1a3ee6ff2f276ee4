import { InvalidArgumentError } from "commander";

/** Reads an argument that has to say something. */
export function notBlank(text: string): string {
  if (text.trim() !== "") return text;
  throw new InvalidArgumentError("It is empty: give a name, or leave the option out.");
}
