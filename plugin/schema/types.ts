import ts from "typescript";
import type { Words } from "./words";

/** A type in a schema, as Pulumi's metaschema has it. */
export type TypeSpec =
  | { type: "string" | "integer" | "boolean" }
  | { type: "array"; items: TypeSpec }
  | { $ref: string };

export interface PropertySpec {
  description: string;
  plain?: true;
}

type Property = TypeSpec & PropertySpec;

/** An object's or a resource's properties. */
export interface ObjectSpec {
  properties: Record<string, Property>;
  required: string[];
}

/** A named type of the schema. */
export type NamedType =
  | ({ type: "object"; description: string } & ObjectSpec)
  | { type: "string"; description: string; enum: { name: string; value: string; description: string }[] };

/** What is said of a property, by one of the objects that have it. */
interface Said {
  kind: string | undefined;
  description: string;
  isOptional: boolean;
  type: ts.Type;
}

/**
 * Says TypeScript's types in the words of Pulumi's schemas, which know no unions: objects that are told apart by their
 * `kind` become one with the properties of all, and what is required of one of them is checked when it is used.
 */
export class SchemaTypes {
  readonly types: Record<string, NamedType> = {};

  /**
   * @param suffix of the names of types that have none of their own
   * @param plain whether no value may be an output
   */
  constructor(
    private readonly checker: ts.TypeChecker,
    private readonly words: Words[],
    private readonly suffix: string,
    private readonly plain: boolean,
  ) {}

  /** The properties of an interface. */
  objectOf(type: ts.Type): ObjectSpec {
    const alternatives = (type.isUnion() ? type.types : [type]).filter((one) => !isUndefined(one));
    const names = [...new Set(alternatives.flatMap((one) => one.getProperties().map(({ name }) => name)))];
    const properties: ObjectSpec["properties"] = {};
    const required: string[] = [];
    for (const name of names) {
      const said = alternatives.flatMap((one) => this.saidOf(one, name));
      if (said.length === alternatives.length && said.every(({ isOptional }) => !isOptional)) required.push(name);
      const type = this.typeOf(name, said);
      const ofWords = "$ref" in type ? this.types[type.$ref.replace("#/types/", "")]?.description : undefined;
      properties[name] = {
        description: (name !== "kind" && described(said, alternatives.length)) || (ofWords ?? ""),
        ...type,
        ...(this.plain && { plain: true }),
      };
    }
    return { properties, required };
  }

  private saidOf(object: ts.Type, name: string): Said[] {
    const property = object.getProperty(name);
    if (!property) return [];
    const kind = object.getProperty("kind");
    const kindType = kind && this.checker.getTypeOfSymbol(kind);
    return [
      {
        kind: kindType?.isStringLiteral() ? kindType.value : undefined,
        description: textOf(property, this.checker),
        isOptional: (property.flags & ts.SymbolFlags.Optional) !== 0,
        type: this.checker.getTypeOfSymbol(property),
      },
    ];
  }

  /** @param name of the property, after which a type without a name is called */
  private typeOf(name: string, said: Said[]): TypeSpec {
    const types = said.map(({ type }) => type);
    const parts = types.flatMap((type) => (type.isUnion() ? type.types : [type])).filter((type) => !isUndefined(type));
    if (parts.length > 0 && parts.every((type) => type.isStringLiteral())) {
      return { $ref: this.enumeration(parts.map(({ value }) => value)) };
    }
    const has = (flags: ts.TypeFlags) => parts.some((type) => (type.flags & flags) !== 0);
    // Of what may be a number or a text, every language can say a text.
    if (has(ts.TypeFlags.StringLike)) return { type: "string" };
    // All numbers are whole: days, and ids.
    if (has(ts.TypeFlags.NumberLike)) return { type: "integer" };
    if (has(ts.TypeFlags.BooleanLike)) return { type: "boolean" };
    const [first] = parts;
    if (first && this.checker.isArrayType(first)) {
      const [item] = this.checker.getTypeArguments(first as ts.TypeReference);
      if (item)
        return {
          type: "array",
          items: this.typeOf(
            name.replace(/s$/, ""),
            said.map((one) => ({ ...one, type: item })),
          ),
        };
    }
    return { $ref: this.object(name, said) };
  }

  private enumeration(values: string[]): string {
    const found = this.words.find((one) =>
      sameSet(
        one.values.map(({ value }) => value),
        values,
      ),
    );
    if (!found) throw new Error(`no words are ${values.join(", ")}: add them to src/rules/words.ts`);
    this.types[`mlops:index:${found.name}`] = { type: "string", description: found.description, enum: found.values };
    return `#/types/mlops:index:${found.name}`;
  }

  private object(property: string, said: Said[]): string {
    const [type] = said.map((one) => one.type);
    if (!type) throw new Error(`${property} has no type`);
    const bare = this.checker.getNonNullableType(type);
    const name = `${property.charAt(0).toUpperCase()}${property.slice(1)}${this.suffix}`;
    const symbol = bare.isUnion() ? bare.aliasSymbol : bare.symbol;
    this.types[`mlops:index:${name}`] = {
      type: "object",
      // A type that has no name of its own is what the property says.
      description: symbol && !symbol.name.startsWith("__") ? textOf(symbol, this.checker) : described(said),
      ...this.objectOf(bare),
    };
    return `#/types/mlops:index:${name}`;
  }
}

/** @param alternatives how many objects there are that may have it. What only some of them have, or require, is said */
function described(said: Said[], alternatives = said.length): string {
  const texts = [...new Set(said.map(({ description }) => description))];
  const [text = ""] = texts;
  const everywhere = said.length === alternatives;
  const required = everywhere && said.every(({ isOptional }) => !isOptional);
  const alike = texts.length === 1 && everywhere && (required || said.every(({ isOptional }) => isOptional));
  if (alike || said.some(({ kind }) => kind === undefined)) return text;
  const when = (isOptional: boolean) => (required || isOptional ? "If" : "Required if");
  return said.map((one) => `${when(one.isOptional)} the kind is \`${one.kind}\`: ${one.description}`).join(" ");
}

function textOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  return ts.displayPartsToString(symbol.getDocumentationComment(checker)).replace(/\s*\n\s*/g, " ");
}

function isUndefined(type: ts.Type): boolean {
  return (type.flags & ts.TypeFlags.Undefined) !== 0;
}

function sameSet(left: string[], right: string[]): boolean {
  return left.length === new Set(right).size && left.every((value) => right.includes(value));
}
