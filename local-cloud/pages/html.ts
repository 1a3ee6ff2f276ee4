/** HTML that is safe to send. Only `html` makes it. */
class SafeHtml {
  constructor(readonly text: string) {}
}

export type { SafeHtml as Html };

/** What a template may hold: text, which is escaped, and what `html` has made. `undefined` and `false` are nothing. */
export type Content = SafeHtml | string | number | undefined | false | Content[];

/** Where in a template a value stands. */
type Place = "text" | "tag" | "attribute";

/**
 * HTML of a template. A value in a text or in an attribute's (double) quotes is escaped; anywhere else in a tag there
 * may only be what `html` has made.
 *
 * @throws Error where a value would not be safe
 */
export function html(parts: TemplateStringsArray, ...values: Content[]): SafeHtml {
  let place: Place = "text";
  let text = "";
  for (const [index, part] of parts.entries()) {
    text += part;
    for (const character of part) place = next(place, character);
    if (index < values.length) text += rendered(values[index], place);
  }
  return new SafeHtml(text);
}

function next(place: Place, character: string): Place {
  if (place === "text") return character === "<" ? "tag" : "text";
  if (place === "attribute") return character === '"' ? "tag" : "attribute";
  if (character === '"') return "attribute";
  return character === ">" ? "text" : "tag";
}

function rendered(value: Content, place: Place): string {
  if (value === undefined || value === false) return "";
  if (Array.isArray(value)) return value.map((item) => rendered(item, place)).join("");
  if (value instanceof SafeHtml) {
    if (place === "attribute") throw new Error("HTML cannot stand in an attribute: it may hold quotes. Use text.");
    return value.text;
  }
  if (place === "tag") throw new Error(`the value "${value}" stands in a tag, outside of quotes. Quote it.`);
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
