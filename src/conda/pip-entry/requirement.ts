import type { Constraint } from "../constraint";
import { readMarker } from "./marker";
import { Scanner } from "./scanner";
import { pipConstraint, type Specifier, specifierProblem } from "./specifier";

/** A requirement by PEP 508: `name[extra] >=1.2 ; marker`, or `name @ URL`. */
export interface Requirement {
  /** As it is written. */
  name: string;
  /** As they are written, in alphabetical order. */
  extras: string[];
  constraint: Constraint;
  url?: string;
  /** The environment marker, as it is written. */
  marker?: string;
  /** Whether the marker holds in the job container. */
  installed: boolean;
}

/**
 * Reads a requirement: https://packaging.python.org/en/latest/specifications/dependency-specifiers/
 *
 * @param python the environment's Python, if it is known: environment markers ask for it
 * @throws Error that says why it is none, with the right spelling where there is one
 */
export function parseRequirement(text: string, python: string | undefined): Requirement {
  try {
    return read(text, python);
  } catch (error) {
    const meant = spellings
      .map(([wrong, right]) => text.replace(wrong, right))
      .find((one) => isRequirement(one, python));
    if (meant === undefined) throw error;
    throw new Error(`pip writes it "${meant}"`);
  }
}

/** What is taken for a requirement, and what of it is meant. */
const spellings: [RegExp, string][] = [
  [/^([\w.-]+\s*(?:\[[^\]]*\])?)\s*=\s*(?=[^=\s])/, "$1=="],
  [/^([\w.-]+\s*(?:\[[^\]]*\])?)\s*~\s*(?=\d)/, "$1~="],
  [/^([\w.-]+\s*(?:\[[^\]]*\])?)\s*=([<>])/, "$1$2="],
  [/^([\w.-]+\s*(?:\[[^\]]*\])?)\s+(?=v?\d)/, "$1=="],
];

function isRequirement(text: string, python: string | undefined): boolean {
  try {
    read(text, python);
    return true;
  } catch {
    return false;
  }
}

function read(text: string, python: string | undefined): Requirement {
  const scanner = new Scanner(text);
  const name = scanner.take(/[a-z\d](?:[\w.-]*[a-z\d])?(?![\w-])/iy);
  if (name === undefined)
    throw new Error('it does not begin with a project\'s name, which has letters, digits, ".", "_" and "-"');
  const extras = readExtras(scanner);
  const url = scanner.take(/@/y) && (scanner.take(/\S+/y) ?? "");
  if (url === "") throw new Error('there is no URL behind its "@"');
  const specifiers = url === undefined ? readSpecifiers(scanner) : [];
  const marker = scanner.take(/;/y) && scanner.rest().trimEnd();
  const installed = marker === undefined || readMarker(scanner, python);
  if (scanner.rest() !== "") throw new Error(`${JSON.stringify(scanner.rest())} is too much`);
  return {
    name,
    extras,
    constraint: pipConstraint(specifiers),
    ...(url !== undefined && { url }),
    ...(marker !== undefined && { marker }),
    installed,
  };
}

function readExtras(scanner: Scanner): string[] {
  const list = scanner.take(/\[[^\]]*\]?/y);
  if (list === undefined) return [];
  const extras = list
    .replaceAll(/^\[|\]$/g, "")
    .split(",")
    .map((extra) => extra.trim());
  if (!list.endsWith("]") || !extras.every((extra) => /^(?:[a-z\d][\w.-]*)?$/i.test(extra))) {
    throw new Error(`"${list}" is not a list of extras`);
  }
  return extras.filter((extra) => extra !== "").sort();
}

function readSpecifiers(scanner: Scanner): Specifier[] {
  const inParentheses = scanner.take(/\(/y) !== undefined;
  const specifiers: Specifier[] = [];
  do {
    const operator = scanner.take(/===|==|~=|!=|<=|>=|<|>/y);
    if (operator === undefined) break;
    const version = scanner.take(/[^\s,;)]+/y) ?? "";
    if (version === "") throw new Error(`there is no version behind its "${operator}"`);
    const problem = specifierProblem({ operator, version });
    if (problem !== undefined) throw new Error(problem);
    specifiers.push({ operator, version });
  } while (scanner.take(/,/y));
  if (inParentheses && !scanner.take(/\)/y)) throw new Error("a parenthesis around its versions is not closed");
  return specifiers;
}
