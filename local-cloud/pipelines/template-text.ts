const directives = ["if", "elseif", "else", "each", "insert"] as const;

/** What a key such as `${{ if … }}` says. */
export interface Instruction {
  directive: (typeof directives)[number];
  argument: string;
}

/** A part of a text: itself, or a template expression without its brackets. */
export type Piece = string | { expression: string };

/** The directive that an expression is; undefined for one that has a value. */
export function instructionOf(expression: string): Instruction | undefined {
  const [, directive, argument = ""] = /^(if|elseif|else|each|insert)(?:\s+([\s\S]*))?$/i.exec(expression.trim()) ?? [];
  const known = directives.find((each) => each === directive?.toLowerCase());
  return known && { directive: known, argument: argument.trim() };
}

/** Texts, and expressions between them; undefined if one is not closed. `}}` in a quoted text closes nothing. */
export function piecesOf(text: string): Piece[] | undefined {
  const pieces: Piece[] = [];
  let rest = text;
  for (;;) {
    const start = rest.indexOf("${{");
    if (start < 0) return rest === "" ? pieces : [...pieces, rest];
    if (start > 0) pieces.push(rest.slice(0, start));
    const [whole, expression = ""] = /^\$\{\{((?:'[^']*'|[^'])*?)\}\}/.exec(rest.slice(start)) ?? [];
    if (whole === undefined) return undefined;
    pieces.push({ expression });
    rest = rest.slice(start + whole.length);
  }
}
