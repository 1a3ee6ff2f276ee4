import type { Constraint } from "../constraint";
import { CondaVersion } from "./version";

/** Any version will do. */
export const anyVersion: Constraint = {
  text: "",
  versions: [],
  pinned: false,
  accepts: (version) => known(version) !== undefined,
};

/** One comparison, or several of which all (`,`) or any (`|`) have to hold. */
interface Specification {
  /** As it is to be shown, in one notation: `1.26.*` is also what `=1.26` says. */
  text: string;
  versions: string[];
  pinned: boolean;
  matches: (version: CondaVersion, text: string) => boolean;
}

/**
 * Reads what a conda specification says of the version: `>=1.2,<2|1.0.*`.
 * Source: `VersionSpec` in conda's conda/models/version.py.
 *
 * @throws Error that says why conda would refuse it
 */
export function parseVersionSpec(text: string): Constraint {
  const { matches, ...specification } = new Parser(text).parse();
  if (specification.text === "*") return anyVersion;
  return {
    ...specification,
    accepts: (version) => {
      const parsed = known(version);
      return parsed !== undefined && matches(parsed, version);
    },
  };
}

/** Parentheses, then `,`, then `|`. */
class Parser {
  private readonly tokens: string[];

  constructor(private readonly text: string) {
    this.tokens =
      text
        .match(/[()|,]|[^()|,]+/g)
        ?.map((token) => token.trim())
        .filter((token) => token !== "") ?? [];
  }

  parse(): Specification {
    const specification = this.alternatives();
    if (this.tokens.length > 0) throw this.refuse();
    return specification;
  }

  private alternatives(): Specification {
    const all = [this.combination()];
    while (this.take("|")) all.push(this.combination());
    return joined(all, "|");
  }

  private combination(): Specification {
    const all = [this.operand()];
    while (this.take(",")) all.push(this.operand());
    return joined(all, ",");
  }

  private operand(): Specification {
    if (!this.take("(")) return comparison(this.tokens.shift() ?? "");
    const specification = this.alternatives();
    if (!this.take(")")) throw this.refuse();
    return specification.text.includes("|") ? { ...specification, text: `(${specification.text})` } : specification;
  }

  private take(token: string): boolean {
    const found = this.tokens[0] === token;
    if (found) this.tokens.shift();
    return found;
  }

  private refuse(): Error {
    return new Error(`the parentheses, commas and bars of "${this.text}" do not match`);
  }
}

function joined(all: Specification[], by: "," | "|"): Specification {
  const [only] = all;
  if (only !== undefined && all.length === 1) return only;
  return {
    text: all.map(({ text }) => text).join(by),
    versions: all.flatMap(({ versions }) => versions),
    pinned: by === "," && all.some(({ pinned }) => pinned),
    matches: (version, text) =>
      by === ","
        ? all.every(({ matches }) => matches(version, text))
        : all.some(({ matches }) => matches(version, text)),
  };
}

const comparisons: Record<string, (order: number) => boolean> = {
  "==": (order) => order === 0,
  "!=": (order) => order !== 0,
  "<=": (order) => order <= 0,
  ">=": (order) => order >= 0,
  "<": (order) => order < 0,
  ">": (order) => order > 0,
};

function comparison(text: string): Specification {
  if (text === "*") return { text, versions: [], pinned: false, matches: () => true };
  const [, operator = "", rest = ""] = /^(==?|!=|<=|>=|<|>|~=)?(?![=<>!~])(\S+)$/s.exec(text) ?? [];
  if (rest === "") throw new Error(`"${text}" is not a version, nor a comparison with one`);
  if (/^\^|\$$/.test(rest)) throw new Error(`micromamba reads no regular expression for a version ("${text}")`);
  const series = /^(.+?)(?:\.?\*)$/s.exec(rest)?.[1];
  if (operator === "" && /\*/.test(series ?? rest)) return pattern(rest);
  const named = (operator === "" ? series : rest.endsWith(".*") ? series : undefined) ?? rest;
  // conda takes any word for a version.
  if (!/\d/.test(named)) throw new Error(`"${named}" is not a version, which has digits: list each package by itself`);
  const version = CondaVersion.parse(named);
  const one = { versions: [named], pinned: false };
  if (operator === "~=") {
    if (named !== rest) throw new Error(`"~=" takes a version without ".*" ("${text}")`);
    const compatible = CondaVersion.parse(named.split(".").slice(0, -1).join("."));
    const matches = (other: CondaVersion) => other.compare(version) >= 0 && other.startsWith(compatible);
    return { ...one, text, pinned: true, matches };
  }
  if (operator === "=" || (operator === "" && named !== rest)) {
    return { ...one, text: `${named}.*`, pinned: true, matches: (other) => other.startsWith(version) };
  }
  if (operator === "!=" && named !== rest) {
    return { ...one, text: `!=${named}.*`, matches: (other) => !other.startsWith(version) };
  }
  // Behind the other operators conda takes no notice of ".*".
  const exact = operator === "" || operator === "==";
  const holds = comparisons[exact ? "==" : operator];
  if (holds === undefined) throw new Error(`"${operator}" is not an operator ("${text}")`);
  return {
    ...one,
    text: (exact ? "==" : operator) + named,
    pinned: exact,
    matches: (other) => holds(other.compare(version)),
  };
}

/** `1.*.2`, which is compared as text. */
function pattern(text: string): Specification {
  const parts = text.toLowerCase().split("*");
  const expression = new RegExp(`^${parts.map((part) => part.replaceAll(/[.+]/g, "\\$&")).join(".*")}$`);
  return { text, versions: [parts.join("0")], pinned: false, matches: (_, version) => expression.test(version) };
}

const parsed = new Map<string, CondaVersion | undefined>();

/** Constraints are asked for the same versions again and again. */
function known(text: string): CondaVersion | undefined {
  if (!parsed.has(text)) parsed.set(text, parseOrNot(text));
  return parsed.get(text);
}

function parseOrNot(text: string): CondaVersion | undefined {
  try {
    return CondaVersion.parse(text);
  } catch {
    return undefined;
  }
}
