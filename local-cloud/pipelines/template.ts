import { evaluate, mapOf } from "./expression";
import type { Problems } from "./problems";
import { type Instruction, instructionOf, piecesOf } from "./template-text";
import type { ListToken, MappingToken, Place, ScalarToken, Token } from "./token";
import { asText, isList, isMapOfValues, toBoolean, toText, type Value, type ValueMap } from "./value";

/** Named values of template expressions: `parameters`, `variables`, and those of loops. */
export type Names = Readonly<Record<string, Value>>;

/** A part of a YAML file whose template expressions are not evaluated yet. */
export interface Part {
  token: Token;
  /** What its expressions may refer to; undefined if they are evaluated already. */
  names: Names | undefined;
}

export interface Entry {
  key: ScalarToken;
  value: Part;
}

/** Whether the branches before an `elseif` or `else` leave it to that. */
type Branches = "none" | "open" | "taken";

/**
 * Evaluates template expressions (`${{ }}`), a level at a time, as they are needed: a stage's variables are known only
 * when its jobs are read. https://learn.microsoft.com/azure/devops/pipelines/process/template-expressions
 */
export class Template {
  /** What structured values were made from: inserting one gives back its lines. */
  private readonly origins = new WeakMap<object, Token>();

  constructor(private readonly problems: Problems) {}

  /** The part that a text such as `${{ parameters.steps }}` stands for; any other part itself. */
  resolve(part: Part): Part {
    const { token, names } = part;
    if (names === undefined || token.kind !== "scalar" || !token.text.includes("${{")) return part;
    return { token: this.scalar(token, names), names: undefined };
  }

  /** A text; undefined if it is something else, which is reported. */
  text(part: Part): string | undefined {
    const { token } = this.resolve(part);
    if (token.kind === "scalar") return token.text;
    this.problems.report(token.place, `A ${token.kind === "list" ? "sequence" : "mapping"} was not expected`);
    return undefined;
  }

  /** A list's items, as they are asked for; none if it is no list, which is reported. */
  *list(part: Part): Generator<Part> {
    const { token, names } = this.resolve(part);
    if (token.kind === "list") yield* names === undefined ? token.items.map(finished) : this.items(token, names);
    // A key with nothing after it has no items.
    else if (token.kind !== "scalar" || token.text !== "") this.problems.report(token.place, "Expected a sequence");
  }

  /** A mapping's entries, as they are asked for; none if it is no mapping, which is reported. */
  *mapping(part: Part): Generator<Entry> {
    const { token, names } = this.resolve(part);
    if (token.kind !== "mapping") {
      if (token.kind !== "scalar" || token.text !== "") this.problems.report(token.place, "Expected a mapping");
      return;
    }
    const seen = new Set<string>();
    for (const entry of names === undefined ? token.entries.map(asEntry) : this.entries(token, names)) {
      const { text, place } = entry.key;
      if (seen.has(text.toLowerCase())) this.problems.report(place, `'${text}' is already defined`);
      seen.add(text.toLowerCase());
      yield entry;
    }
  }

  /** Everything in it. */
  expand(part: Part): Token {
    const { token, names } = this.resolve(part);
    if (names === undefined || token.kind === "scalar") return token;
    if (token.kind === "list") {
      return { ...token, items: [...this.list({ token, names })].map((item) => this.expand(item)) };
    }
    const entries = [...this.mapping({ token, names })].map(({ key, value }) => ({ key, value: this.expand(value) }));
    return { ...token, entries };
  }

  /** What expressions see of a part without expressions. */
  value(token: Token): Value {
    if (token.kind === "scalar") return token.text;
    const value =
      token.kind === "list"
        ? token.items.map((item) => this.value(item))
        : new Map(token.entries.map(({ key, value: each }) => [key.text, this.value(each)]));
    this.origins.set(value, token);
    return value;
  }

  private scalar(token: ScalarToken, names: Names): Token {
    const { text, place } = token;
    const pieces = piecesOf(text);
    if (pieces === undefined) {
      this.problems.report(
        place,
        `The expression is not closed. An unescaped \${{ sequence was found, but the closing }} sequence was not found.`,
      );
      return { ...token, text: "" };
    }
    const [only, ...others] = pieces;
    if (only !== undefined && others.length === 0 && typeof only !== "string") {
      const refusal = "The expression directive '{}' is not supported in this context";
      if (this.refusesDirective(only.expression, place, refusal)) return { ...token, text: "" };
      return this.tokenOf(this.evaluate(only.expression, names, place) ?? null, place);
    }
    const texts = pieces.map((piece) =>
      typeof piece === "string" ? piece : this.embedded(piece.expression, names, place),
    );
    return { ...token, text: texts.join("") };
  }

  private embedded(expression: string, names: Names, place: Place): string {
    const refusal =
      "The directive '{}' is not allowed in this context. Directives are not supported for expressions that are " +
      "embedded within a string. Directives are only supported when the entire value is an expression.";
    if (this.refusesDirective(expression, place, refusal)) return "";
    const value = this.evaluate(expression, names, place) ?? null;
    return this.problems.attempt(place, () => toText(value)) ?? "";
  }

  private refusesDirective(expression: string, place: Place, refusal: string): boolean {
    const instruction = instructionOf(expression);
    if (instruction === undefined) return false;
    this.problems.report(place, refusal.replace("{}", instruction.directive));
    return true;
  }

  /** @returns undefined if it has no value, which is reported */
  private evaluate(expression: string, names: Names, place: Place): Value | undefined {
    return this.problems.attempt(place, () => evaluate(expression, { values: names, functions: {} }));
  }

  private tokenOf(value: Value, place: Place): Token {
    if (isList(value)) {
      return this.origins.get(value) ?? { kind: "list", items: value.map((item) => this.tokenOf(item, place)), place };
    }
    if (isMapOfValues(value)) return this.origins.get(value) ?? this.tokenOfMap(value, place);
    return { kind: "scalar", text: asText(value) ?? "", place };
  }

  private tokenOfMap(map: ValueMap, place: Place): MappingToken {
    const entries = [...map].map(([key, value]) => ({
      key: { kind: "scalar" as const, text: key, place },
      value: this.tokenOf(value, place),
    }));
    return { kind: "mapping", entries, place };
  }

  private *items({ items }: ListToken, names: Names): Generator<Part> {
    let branches: Branches = "none";
    for (const item of items) {
      const [only] = item.kind === "mapping" && item.entries.length === 1 ? item.entries : [];
      const instruction = only && this.instruction(only.key);
      if (only === undefined || instruction === undefined) {
        branches = "none";
        yield* this.spliced({ token: item, names });
        continue;
      }
      const rounds = this.rounds(instruction, only.key.place, names, branches);
      branches = rounds.branches;
      for (const each of rounds.names) yield* this.inserted({ token: only.value, names: each });
    }
  }

  /** An item `${{ parameters.steps }}` is the items that it stands for. */
  private *spliced(item: Part): Generator<Part> {
    const resolved = this.resolve(item);
    if (item.token.kind === "scalar" && resolved.token.kind === "list") yield* resolved.token.items.map(finished);
    else yield resolved;
  }

  /** What is below a directive in a list. */
  private *inserted(part: Part): Generator<Part> {
    const resolved = this.resolve(part);
    if (resolved.token.kind === "list") yield* this.list(resolved);
    else if (resolved.token.kind === "mapping" || resolved.token.text !== "") yield resolved;
  }

  private *entries({ entries }: MappingToken, names: Names): Generator<Entry> {
    let branches: Branches = "none";
    for (const { key, value } of entries) {
      const instruction = this.instruction(key);
      if (instruction === undefined) {
        branches = "none";
        yield { key: this.keyOf(key, names), value: { token: value, names } };
        continue;
      }
      const rounds = this.rounds(instruction, key.place, names, branches);
      branches = rounds.branches;
      for (const each of rounds.names) yield* this.mapping({ token: value, names: each });
    }
  }

  private keyOf(key: ScalarToken, names: Names): ScalarToken {
    return { ...key, text: this.text({ token: key, names }) ?? "" };
  }

  private instruction({ text }: ScalarToken): Instruction | undefined {
    const [only, ...others] = piecesOf(text) ?? [];
    return others.length === 0 && typeof only === "object" ? instructionOf(only.expression) : undefined;
  }

  /** How often what is below a directive is there, and with which names. */
  private rounds(
    { directive, argument }: Instruction,
    place: Place,
    names: Names,
    before: Branches,
  ): { names: Names[]; branches: Branches } {
    const wanting = (count: number, actual: number) => {
      const message = `Exactly ${count} parameter(s) were expected following the directive '${directive}'. Actual parameter count: ${actual}`;
      this.problems.report(place, message);
      return { names: [], branches: "none" as const };
    };
    const count = argument === "" ? 0 : 1;
    switch (directive) {
      case "insert":
        return count === 0 ? { names: [names], branches: "none" } : wanting(0, count);
      case "each": {
        const loop = /^([a-z_][\w-]*)\s+in\s+(\S[\s\S]*)$/i.exec(argument);
        if (loop === null) return wanting(3, argument === "" ? 0 : argument.split(/\s+/).length);
        const [, name = "", collection = ""] = loop;
        const rounds = this.elements(this.evaluate(collection, names, place), place);
        return { names: rounds.map((element) => ({ ...names, [name]: element })), branches: "none" };
      }
      case "if":
        if (count === 0) return wanting(1, 0);
        return this.branch(toBoolean(this.evaluate(argument, names, place) ?? null), names);
    }
    if (before === "none") {
      this.problems.report(place, `The expression directive '${directive}' is not supported in this context`);
      return { names: [], branches: "none" };
    }
    if (directive === "else") {
      return count === 1 ? wanting(0, 1) : { names: before === "open" ? [names] : [], branches: "none" };
    }
    if (count === 0) return wanting(1, 0);
    if (before === "taken") return { names: [], branches: "taken" };
    return this.branch(toBoolean(this.evaluate(argument, names, place) ?? null), names);
  }

  private branch(holds: boolean, names: Names): { names: Names[]; branches: Branches } {
    return holds ? { names: [names], branches: "taken" } : { names: [], branches: "open" };
  }

  /** What a loop goes through: items, or a mapping's pairs with their key and value. */
  private elements(value: Value | undefined, place: Place): readonly Value[] {
    if (value === undefined) return [];
    if (isList(value)) return value;
    if (isMapOfValues(value)) return [...value].map(([key, each]) => mapOf({ key, value: each }));
    this.problems.report(place, `Expected a sequence or mapping. Actual value '${asText(value) ?? ""}'`);
    return [];
  }
}

/** A part in which nothing is left to evaluate. */
export function finished(token: Token): Part {
  return { token, names: undefined };
}

function asEntry({ key, value }: { key: ScalarToken; value: Token }): Entry {
  return { key, value: finished(value) };
}
