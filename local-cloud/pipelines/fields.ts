import type { Context } from "./context";
import type { Entry, Part } from "./template";
import type { Place, ScalarToken } from "./token";

const yes = ["true", "yes", "y", "on"];
const no = ["false", "no", "n", "off"];

/** A mapping's keys, each read once. What is left at the end is unexpected. */
export class Fields {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly context: Context,
    /** Of the mapping. */
    readonly place: Place,
    entries: Iterable<Entry>,
  ) {
    for (const entry of entries) this.entries.set(entry.key.text, entry);
  }

  static of(context: Context, part: Part): Fields {
    return new Fields(context, part.token.place, context.template.mapping(part));
  }

  /** Says what the mapping is. */
  get first(): ScalarToken | undefined {
    const [first] = this.entries.values();
    return first?.key;
  }

  has(name: string): boolean {
    return this.entries.has(name);
  }

  /** Of a key's value; of the mapping if it has no such key. */
  placeOf(name: string): Place {
    return this.entries.get(name)?.value.token.place ?? this.place;
  }

  keyPlaceOf(name: string): Place {
    return this.entries.get(name)?.key.place ?? this.place;
  }

  part(name: string): Part | undefined {
    const entry = this.entries.get(name);
    this.entries.delete(name);
    return entry?.value;
  }

  text(name: string): string | undefined {
    const part = this.part(name);
    return part && this.context.template.text(part);
  }

  boolean(name: string): boolean | undefined {
    const booleanOf = (text: string) => (yes.includes(text) ? true : no.includes(text) ? false : undefined);
    return this.read(name, "a Boolean value", (text) => booleanOf(text.toLowerCase()));
  }

  /** A whole number, 0 or more. */
  number(name: string): number | undefined {
    return this.read(name, "an integer value", (text) => (/^\d+$/.test(text) ? Number(text) : undefined));
  }

  /** Texts by name. */
  texts(name: string): Record<string, string> {
    const part = this.part(name);
    const { template } = this.context;
    const entries = part === undefined ? [] : [...template.mapping(part)];
    return Object.fromEntries(entries.map(({ key, value }) => [key.text, template.text(value) ?? ""]));
  }

  /** Names, one or several; undefined if the key is not there. */
  names(name: string): string[] | undefined {
    const part = this.part(name);
    if (part === undefined) return undefined;
    const { template } = this.context;
    const resolved = template.resolve(part);
    const parts = resolved.token.kind === "list" ? [...template.list(resolved)] : [resolved];
    return parts.flatMap((each) => template.text(each) || []);
  }

  /** Keys that Azure Pipelines has and the local one has not. */
  notEmulated(...names: string[]): void {
    for (const name of names) {
      if (!this.has(name)) continue;
      this.context.problems.notEmulated(this.keyPlaceOf(name), `'${name}'`);
      this.part(name);
    }
  }

  /** Keys that change something only if they are true. */
  onlyFalse(...names: string[]): void {
    for (const name of names) {
      const place = this.keyPlaceOf(name);
      if (this.boolean(name)) this.context.problems.notEmulated(place, `'${name}: true'`);
    }
  }

  /** Reports the keys that nobody asked for. */
  end(): void {
    for (const { key } of this.entries.values()) this.context.problems.unexpected(key.place, key.text);
  }

  private read<T>(name: string, expected: string, parse: (text: string) => T | undefined): T | undefined {
    const part = this.part(name);
    const text = part && this.context.template.text(part);
    if (part === undefined || text === undefined) return undefined;
    const value = parse(text);
    if (value === undefined) {
      this.context.problems.report(part.token.place, `Expected ${expected}. Actual value: '${text}'`);
    }
    return value;
  }
}
