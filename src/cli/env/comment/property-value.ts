/** A resource's property, without what is the engine's own. */
export type PropertyValue = string | number | boolean | null | PropertyValue[] | { [key: string]: PropertyValue };

/** What stands for a secret. The engine writes the same. */
export const secretText = "[secret]";

/** What stands for a value that is not known before the update. */
export const unknownText = "(known after the update)";

/** Key and values of the engine's special values (its `sdk/go/common/resource/sig`). */
const signature = "4dabf18193072939515e22adb298388d";
const signatures = {
  secret: "1b47061264138c4ac30d75fd1eb44270",
  output: "d0e6a833031e9bbcd3f4e8bde6ca49a4",
};

/** Strings that stand for what is not known yet: of a string, bool, number, array, asset, archive and object. */
const unknowns = new Set([
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** Shorter values are too common to be looked for within other texts. */
const shortestWithin = 4;

/** Properties of a resource of some type, as the engine has them in its events. */
export interface State {
  type: string;
  properties: unknown;
}

/**
 * Knows which values are secret. The engine marks them, but not everywhere: a property can be marked in a resource's
 * state and plain in what the program wants it to be. So a property that is marked once is secret in all resources of
 * that type, whichever element of a list it is in, and its value is secret wherever it is found.
 */
export class Secrets {
  /** Places of secrets: a type and a property's place in it. */
  readonly #places = new Set<string>();
  readonly #values = new Set<string>();

  /**
   * @param states all that the engine shows
   * @param known values that are secret as well
   */
  constructor(states: State[], known: string[]) {
    for (const value of known) this.#addValues(value);
    for (const { type, properties } of states) this.#findPlaces(type, properties);
    for (const { type, properties } of states) this.#findValues(type, properties);
  }

  /** Properties in plain words, with {@link secretText} and {@link unknownText} where they belong. */
  read({ type, properties }: State): PropertyValue | undefined {
    return this.#read(type, properties);
  }

  /** A text without the secrets that are known. */
  redact(text: string): string {
    if (this.#values.has(text)) return secretText;
    // The longest first: one can be in another.
    const within = [...this.#values].filter(({ length }) => length >= shortestWithin);
    return within.sort((a, b) => b.length - a.length).reduce((rest, value) => rest.replaceAll(value, secretText), text);
  }

  #findPlaces(place: string, value: unknown): void {
    if (isSecret(value)) this.#places.add(place);
    else for (const [inner, child] of childrenOf(place, value)) this.#findPlaces(inner, child);
  }

  #findValues(place: string, value: unknown): void {
    if (isSecret(value)) return;
    if (this.#places.has(place)) this.#addValues(value);
    else for (const [inner, child] of childrenOf(place, value)) this.#findValues(inner, child);
  }

  #addValues(value: unknown): void {
    if (isSecret(value)) return;
    if (typeof value === "number") this.#values.add(String(value));
    else if (typeof value === "string" && value !== "" && !unknowns.has(value)) this.#values.add(value);
    else for (const [, child] of childrenOf("", value)) this.#addValues(child);
  }

  #read(place: string, value: unknown): PropertyValue | undefined {
    if (isSecret(value) || (this.#places.has(place) && value !== undefined)) return secretText;
    if (typeof value === "string") return unknowns.has(value) ? unknownText : this.redact(value);
    if (typeof value === "number") return this.#values.has(String(value)) ? secretText : value;
    if (typeof value === "boolean" || value === null) return value;
    if (Array.isArray(value)) return value.map((element) => this.#read(elementOf(place), element) ?? null);
    if (!isObject(value)) return undefined;
    if (value[signature] === signatures.output) return this.#read(place, value.value) ?? unknownText;
    const shown: { [key: string]: PropertyValue } = {};
    for (const [key, child] of Object.entries(value)) {
      const read = isInternal(key) ? undefined : this.#read(propertyOf(place, key), child);
      // An asset or an archive is shown by what it is made of.
      if (read !== undefined && key !== signature) Object.defineProperty(shown, key, { value: read, enumerable: true });
    }
    return shown;
  }
}

/** Whether a secret is in a value. */
export function hasSecret(value: PropertyValue | undefined): boolean {
  if (typeof value === "string") return value.includes(secretText);
  return typeof value === "object" && value !== null && Object.values(value).some(hasSecret);
}

/** Whether a property is the engine's or a provider's own; the engine shows none of them. */
export function isInternal(key: string): boolean {
  return key.startsWith("__");
}

function isSecret(value: unknown): boolean {
  if (!isObject(value)) return value === secretText;
  if (value[signature] === signatures.output) return value.secret === true;
  return value[signature] === signatures.secret;
}

/** What is in a value, each with its place. */
function childrenOf(place: string, value: unknown): [place: string, child: unknown][] {
  if (Array.isArray(value)) return value.map((element) => [elementOf(place), element]);
  if (!isObject(value)) return [];
  if (value[signature] === signatures.output) return [[place, value.value]];
  return Object.entries(value).flatMap(([key, child]) =>
    isInternal(key) || key === signature ? [] : [[propertyOf(place, key), child]],
  );
}

function elementOf(place: string): string {
  return `${place}[*]`;
}

function propertyOf(place: string, key: string): string {
  return `${place}[${JSON.stringify(key)}]`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
