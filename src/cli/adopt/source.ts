import type { ParsedNode } from "yaml";
import { type Edit, lineEnd, newlineOf, yamlSource } from "../../conda/text-edit";
import type { Mapping } from "../../pipeline-files/pipeline-file";

/** A pair whose key and value have the quotes of a key beside it: in JSON, everything has. */
export function pairSource(key: string, value: string, like: ParsedNode, flow: boolean): string {
  return `${keySource(key, like)}: ${yamlSource(value, flow, like)}`;
}

export function keySource(key: string, like: ParsedNode): string {
  return yamlSource(key, true, like);
}

/** A mapping of texts in brackets. */
export function flowSource(pairs: [string, string][], like: ParsedNode): string {
  return `{ ${pairs.map(([key, value]) => pairSource(key, value, like, true)).join(", ")} }`;
}

/** Lines behind the one that an offset is in, with the end that this one has. */
export function linesBehind(text: string, offset: number, indent: string, lines: string[]): Edit {
  const end = lineEnd(text, offset);
  const newline = /^\r?\n/.exec(text.slice(end))?.[0] ?? newlineOf(text);
  return { start: end, end, text: lines.map((line) => newline + indent + line).join("") };
}

/**
 * Lines in front of a key that begins its line, and of the comments that are about it: those directly above it, unless
 * they begin the file.
 */
export function linesInFrontOf(text: string, key: ParsedNode, indent: string, lines: string[]): Edit {
  const own = key.range[0] - indent.length;
  const comments = new RegExp(`(?<=\\n)(?:${indent}#[^\\n]*\\n)+$`).exec(text.slice(0, own))?.[0] ?? "";
  const start = own - comments.length;
  const newline = /\r?\n/.exec(text.slice(start))?.[0] ?? newlineOf(text);
  return { start, end: start, text: lines.map((line) => (line === "" ? newline : indent + line + newline)).join("") };
}

/** Where a value ends: YAML counts the line's end to a text in lines of its own (`>` and `|`). */
export function endOf(text: string, { range: [start, end] }: ParsedNode): number {
  return start + text.slice(start, end).trimEnd().length;
}

export function isFlow(mapping: Mapping): boolean {
  return mapping.flow === true;
}

/** What stands in front of the keys of a mapping in lines of its own. */
export function indentOf({ srcToken }: Mapping): string {
  return " ".repeat(srcToken?.type === "block-map" ? srcToken.indent : 0);
}

/** The first indentation of a file. */
export function indentUnit(text: string): string {
  return /^ +(?=[^\s#])/m.exec(text)?.[0] ?? "  ";
}
