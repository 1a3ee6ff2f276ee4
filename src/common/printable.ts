/** What sets colours and the like (ECMA-48, SGR). */
const colour = new RegExp(`(${"\u001b"}\\[[\\d;:]*m)`);

/**
 * A text with nothing in it that acts on whoever shows it: control characters and those that turn or hide text are
 * written out, but for the ends of lines and tabs, and the commands of a pipeline's agent (`##vso[…]`) are none any more;
 * its formats (`##[error]…`) do nothing but colour a line. What is printed quotes names, files and logs that others have written.
 *
 * @param options `colours`: what sets colours stays as it is
 */
export function printable(text: string, { colours = false } = {}): string {
  const parts = colours ? text.split(colour) : [text];
  return parts
    .map((part, index) =>
      index % 2 === 1 ? part : part.replace(/(?!\t|\n|\r\n)[\p{Cc}\p{Cf}\u2028\u2029]/gu, written),
    )
    .join("")
    .replace(/##(?=vso\[)/gi, "# #");
}

/** Makes text printable that comes in pieces, line by line: what acts on a terminal could come in two of them. */
export class PrintableLines {
  #begun = "";

  constructor(private readonly print: (text: string) => void) {}

  add(text: string): void {
    const all = this.#begun + text;
    const end = all.lastIndexOf("\n") + 1;
    this.#begun = all.slice(end);
    if (end > 0) this.print(printable(all.slice(0, end)));
  }

  /** Prints the last line, if it has not ended. */
  end(): void {
    if (this.#begun !== "") this.add("\n");
  }
}

/** A value as JSON, of which the same holds; it reads back as it was. */
export function printableJson(value: unknown): string {
  // All of these are in texts only: JSON itself has none of them but the line's end.
  return JSON.stringify(value, null, 2)
    .replace(/(?!\n)[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, written)
    .replaceAll("##", "#\\u0023");
}

function written(character: string): string {
  return `\\u${character.codePointAt(0)?.toString(16).padStart(4, "0")}`;
}
