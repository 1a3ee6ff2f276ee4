import { type Edit, lineStart, yamlSource } from "../../conda/text-edit";
import type { Container } from "../../pipeline-files/container";
import type { Entry, Mapping } from "../../pipeline-files/pipeline-file";
import { endOf, indentOf, indentUnit, isFlow, keySource, linesBehind, pairSource } from "./source";

/** What a container is to have. */
export interface Target {
  image: string;
  /** Name of the service connection that it is pulled through. */
  endpoint: string;
  /** Name of the container resource that has them, for where a name is written. */
  alias: string;
}

/**
 * The edits of a container's file that give it another image and endpoint. Everything else stays as it is, byte for
 * byte; what is new is written like what is beside it.
 *
 * @param container without an obstacle
 */
export function editContainer({ file: { text }, form }: Container, target: Target): Edit[] {
  if (form.kind === "text") return editText(text, form.owner, form.entry, target);
  if (form.kind === "value") return setValue(text, form.node, target.alias, form.flow);
  const { mapping, image, endpoint } = form;
  if (image === undefined) return [];
  const edits = setValue(text, image.value, target.image, isFlow(mapping));
  if (endpoint !== undefined) return [...edits, ...setValue(text, endpoint.value, target.endpoint, isFlow(mapping))];
  const added = pairSource("endpoint", target.endpoint, image.key, isFlow(mapping));
  const end = image.value === null ? 0 : endOf(text, image.value);
  if (isFlow(mapping)) return [...edits, { start: end, end, text: `, ${added}` }];
  return [...edits, linesBehind(text, end, indentOf(mapping), [added])];
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
    return [{ start, end, text: imageSource }, linesBehind(text, end, indent, [endpointSource])];
  }
  const indent = indentOf(owner) + indentUnit(text);
  const space = /[ \t]*$/.exec(text.slice(0, start))?.[0].length ?? 0;
  const comment = headerComment(text.slice(start, end));
  return [{ start: start - space, end, text: comment }, linesBehind(text, end, indent, [imageSource, endpointSource])];
}

/** Nothing if the value is that already. */
function setValue(text: string, value: Entry["value"], replacement: string, flow: boolean): Edit[] {
  if (value === null || ("value" in value && value.value === replacement)) return [];
  const [start, end] = [value.range[0], endOf(text, value)];
  return [{ start, end, text: yamlSource(replacement, flow, value) + headerComment(text.slice(start, end)) }];
}

/** The comment behind `>` or `|`, with the space in front of it. */
function headerComment(source: string): string {
  return /^[|>][-+\d]*([ \t]+#[^\r\n]*)/.exec(source)?.[1] ?? "";
}
