import type { ParsedNode } from "yaml";
import { type Edit, lineEnd, lineStart, newlineOf, yamlSource } from "../../conda/text-edit";
import type { Container } from "../../pipeline-files/container";
import type { Entry, Mapping } from "../../pipeline-files/pipeline-file";

/** What a container is to have. */
export interface Target {
  image: string;
  /** Name of the service connection that it is pulled through. */
  endpoint: string;
}

/**
 * The edits of a container's file that give it another image and endpoint. Everything else stays as it is, byte for
 * byte; what is new is written like what is beside it.
 *
 * @param container without an obstacle
 */
export function editContainer({ file: { text }, form }: Container, target: Target): Edit[] {
  if (form.kind === "text") return editText(text, form.owner, form.entry, target);
  const { mapping, image, endpoint } = form;
  if (image === undefined) return [];
  const edits = setValue(text, image, target.image, isFlow(mapping));
  if (endpoint !== undefined) return [...edits, ...setValue(text, endpoint, target.endpoint, isFlow(mapping))];
  const added = pairSource("endpoint", target.endpoint, image.key, isFlow(mapping));
  const end = image.value === null ? 0 : endOf(text, image.value);
  if (isFlow(mapping)) return [...edits, { start: end, end, text: `, ${added}` }];
  return [...edits, newLines(text, end, " ".repeat(indentOf(mapping)), [added])];
}

/** `container: text` becomes a mapping in the same place; its comment stays in its line. */
function editText(text: string, owner: Mapping, { key, value }: Entry, { image, endpoint }: Target): Edit[] {
  if (value === null) return [];
  const [start, end] = [value.range[0], endOf(text, value)];
  const imageSource = `${keySource("image", key)}: ${yamlSource(image, isFlow(owner), value)}`;
  const endpointSource = pairSource("endpoint", endpoint, key, isFlow(owner));
  if (isFlow(owner)) return [{ start, end, text: `{ ${imageSource}, ${endpointSource} }` }];
  if (text.slice(key.range[1], start).includes("\n")) {
    const [indent] = /^ */.exec(text.slice(lineStart(text, start))) ?? [""];
    return [{ start, end, text: imageSource }, newLines(text, end, indent, [endpointSource])];
  }
  const indent = " ".repeat(indentOf(owner)) + indentUnit(text);
  const space = /[ \t]*$/.exec(text.slice(0, start))?.[0].length ?? 0;
  const comment = headerComment(text.slice(start, end));
  return [{ start: start - space, end, text: comment }, newLines(text, end, indent, [imageSource, endpointSource])];
}

/** Nothing if the value is that already. */
function setValue(text: string, { value }: Entry, replacement: string, flow: boolean): Edit[] {
  if (value === null || ("value" in value && value.value === replacement)) return [];
  const [start, end] = [value.range[0], endOf(text, value)];
  return [{ start, end, text: yamlSource(replacement, flow, value) + headerComment(text.slice(start, end)) }];
}

/** Lines behind the one that an offset is in. */
function newLines(text: string, offset: number, indent: string, lines: string[]): Edit {
  const end = lineEnd(text, offset);
  return { start: end, end, text: lines.map((line) => newlineOf(text) + indent + line).join("") };
}

/** A pair whose key and value have the quotes of a key beside it: in JSON, everything has. */
function pairSource(key: string, value: string, like: ParsedNode, flow: boolean): string {
  return `${keySource(key, like)}: ${yamlSource(value, flow, like)}`;
}

function keySource(key: string, like: ParsedNode): string {
  return yamlSource(key, true, like);
}

/** Where a value ends: YAML counts the line's end to a text in lines of its own (`>` and `|`). */
function endOf(text: string, { range: [start, end] }: ParsedNode): number {
  return start + text.slice(start, end).trimEnd().length;
}

/** The comment behind `>` or `|`, with the space in front of it. */
function headerComment(source: string): string {
  return /^[|>][-+\d]*([ \t]+#[^\r\n]*)/.exec(source)?.[1] ?? "";
}

function isFlow(mapping: Mapping): boolean {
  return mapping.flow === true;
}

function indentOf({ srcToken }: Mapping): number {
  return srcToken?.type === "block-map" ? srcToken.indent : 0;
}

/** The first indentation of a file. */
function indentUnit(text: string): string {
  return /^ +(?=[^\s#])/m.exec(text)?.[0] ?? "  ";
}
