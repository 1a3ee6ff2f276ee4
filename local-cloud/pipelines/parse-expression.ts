import { parseNumber, type Value, Version } from "./value";

export type Expression =
  | { kind: "literal"; value: Value }
  | { kind: "name"; name: string }
  | { kind: "index"; of: Expression; index: Expression }
  | { kind: "call"; name: string; args: Expression[] };

interface Token {
  text: string;
  /** From 1, as messages count. */
  position: number;
}

/** More than this is no expression that a person wrote, and would end the stack. */
const maxDepth = 50;

/**
 * @param values names that may stand alone, in lower case
 * @param functions fewest and most arguments of the functions, by name in lower case
 * @throws Error in Azure Pipelines' words
 */
export function parseExpression(
  text: string,
  values: ReadonlySet<string>,
  functions: ReadonlyMap<string, [number, number]>,
): Expression {
  return new Parser(text, values, functions).parse();
}

class Parser {
  private readonly tokens: Token[];
  private next = 0;

  constructor(
    private readonly text: string,
    private readonly values: ReadonlySet<string>,
    private readonly functions: ReadonlyMap<string, [number, number]>,
  ) {
    this.tokens = tokensOf(text);
  }

  parse(): Expression {
    if (this.tokens.length === 0) throw new Error("An expression was expected");
    const expression = this.expression(1);
    const left = this.tokens[this.next];
    if (left !== undefined) throw this.unexpected(left);
    return expression;
  }

  private expression(depth: number): Expression {
    if (depth > maxDepth) throw new Error(`Exceeded max expression depth ${maxDepth}`);
    let expression = this.operand(depth);
    for (;;) {
      const token = this.tokens[this.next];
      if (token === undefined || (token.text !== "." && token.text !== "[")) return expression;
      // What is written out has no properties.
      if (expression.kind === "literal") throw this.unexpected(token);
      this.next += 1;
      expression = {
        kind: "index",
        of: expression,
        index: token.text === "." ? this.property(token) : this.index(token, depth),
      };
    }
  }

  private property(dereference: Token): Expression {
    const token = this.take();
    if (token === undefined) {
      throw this.wrong("Expected a property name to follow the dereference operator", dereference);
    }
    if (!/^[a-z_][\w-]*$/i.test(token.text)) throw this.unexpected(token);
    return { kind: "literal", value: token.text };
  }

  private index(bracket: Token, depth: number): Expression {
    const index = this.inside(bracket, "Unclosed indexer", depth);
    const end = this.take();
    if (end === undefined) throw this.wrong("Unclosed indexer", bracket);
    if (end.text !== "]") throw this.unexpected(end);
    return index;
  }

  /** What stands between brackets. */
  private inside(bracket: Token, unclosed: string, depth: number): Expression {
    if (this.next >= this.tokens.length) throw this.wrong(unclosed, bracket);
    return this.expression(depth + 1);
  }

  private operand(depth: number): Expression {
    const token = this.take();
    if (token === undefined) throw new Error("An expression was expected");
    const { text } = token;
    if (text.startsWith("'")) {
      if (!/^'(?:[^']|'')*'$/.test(text)) throw this.unrecognized(token);
      return { kind: "literal", value: text.slice(1, -1).replaceAll("''", "'") };
    }
    if (/^(true|false)$/i.test(text)) return { kind: "literal", value: text.toLowerCase() === "true" };
    if (/^[-.\d]/.test(text) && text !== ".") return { kind: "literal", value: this.number(token) };
    if (!/^[a-z_]/i.test(text)) throw /^[()[\],.]$/.test(text) ? this.unexpected(token) : this.unrecognized(token);
    const arity = this.functions.get(text.toLowerCase());
    if (arity !== undefined) return this.call(token, arity, depth);
    if (this.values.has(text.toLowerCase())) return { kind: "name", name: text };
    throw this.unrecognized(token);
  }

  private number(token: Token): Value {
    // Two dots or more are a version's; one is a number's.
    const value = token.text.split(".").length > 2 ? Version.parse(token.text) : parseNumber(token.text);
    if (value === undefined) throw this.unrecognized(token);
    return value;
  }

  private call(name: Token, [fewest, most]: [number, number], depth: number): Expression {
    if (this.take()?.text !== "(") throw this.wrong("Expected '(' to follow function", name);
    const args: Expression[] = [];
    for (let first = true; ; first = false) {
      if (first && this.tokens[this.next]?.text === ")") {
        this.next += 1;
        break;
      }
      args.push(this.inside(name, "Unclosed function", depth));
      const separator = this.take();
      if (separator === undefined) throw this.wrong("Unclosed function", name);
      if (separator.text === ")") break;
      if (separator.text !== ",") throw this.unexpected(separator);
    }
    const end = this.tokens[this.next - 1];
    if (end !== undefined && (args.length < fewest || args.length > most)) throw this.unexpected(end);
    return { kind: "call", name: name.text, args };
  }

  private take(): Token | undefined {
    const token = this.tokens[this.next];
    this.next += 1;
    return token;
  }

  private unexpected(token: Token): Error {
    return this.wrong("Unexpected symbol", token);
  }

  private unrecognized(token: Token): Error {
    return this.wrong("Unrecognized value", token);
  }

  private wrong(what: string, { text, position }: Token): Error {
    return new Error(
      `${what}: '${text}'. Located at position ${position} within expression: ${this.text.trim()}. ` +
        "For more help, refer to https://go.microsoft.com/fwlink/?linkid=842996",
    );
  }
}

/** Texts in quotes, brackets and separators, numbers, names; whatever else is a token that no rule takes. */
function tokensOf(text: string): Token[] {
  const trimmed = text.trim();
  const tokens: Token[] = [];
  const pattern = /\s+|'(?:[^']|'')*'?|[()[\],]|[a-z_][\w-]*|[^\s()[\],']+/giy;
  while (pattern.lastIndex < trimmed.length) {
    const start = pattern.lastIndex;
    let found = pattern.exec(trimmed)?.[0] ?? "";
    // A dot after a name or a bracket leads to a property; elsewhere it begins a number.
    if (found.startsWith(".") && /[\w)\]*]/.test(trimmed.charAt(start - 1))) {
      found = ".";
      pattern.lastIndex = start + 1;
    }
    if (found.trim() !== "") tokens.push({ text: found, position: start + 1 });
  }
  return tokens;
}
