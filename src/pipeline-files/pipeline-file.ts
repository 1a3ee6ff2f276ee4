import {
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  type Pair,
  type ParsedNode,
  parseDocument,
  visit,
  type YAMLMap,
} from "yaml";
import { UserError } from "../common/errors";
import { readText } from "../common/files";

/** A mapping as it is in a file. */
export type Mapping = YAMLMap.Parsed<ParsedNode, ParsedNode | null>;

/** A key of a mapping, with its value. */
export type Entry = Pair<ParsedNode, ParsedNode | null>;

/** A YAML file of a pipeline: the pipeline itself, or a template. */
export interface PipelineFile {
  /** As it was given, or from the working directory. */
  path: string;
  text: string;
  root: Mapping;
  /** `path:line` of a node. */
  place(node: ParsedNode): string;
  /** The same of an offset in the text. */
  placeAt(offset: number): string;
}

/**
 * @returns undefined if there is no such file
 * @throws UserError if it is no YAML that Azure Pipelines would take
 */
export function readPipelineFile(path: string): PipelineFile | undefined {
  const text = readText(path);
  if (text === undefined) return undefined;
  const lines = new LineCounter();
  const document = parseDocument(text, { keepSourceTokens: true, lineCounter: lines, prettyErrors: false, uniqueKeys });
  const placeAt = (offset: number) => `${path}:${lines.linePos(offset).line}`;
  for (const { code, message, pos } of document.errors) {
    const reason = code === "MULTIPLE_DOCS" ? "it has several documents, and Azure Pipelines reads one" : message;
    throw new UserError(`${placeAt(pos[0])} is not a pipeline's YAML: ${reason}`);
  }
  const root = document.contents;
  if (!isMapping(root)) {
    throw new UserError(
      `${path} is not a pipeline: it has no keys like jobs, steps or extends; name a pipeline's file`,
    );
  }
  visit(document, (_, node) => {
    const refused = unsupported(text, node);
    if (refused === undefined) return;
    throw new UserError(
      `${placeAt(refused.offset)} has ${refused.what}, which Azure Pipelines refuses: ${refused.todo}`,
    );
  });
  return { path, text, root, place: (node) => placeAt(node.range[0]), placeAt };
}

/**
 * YAML that the service has not: https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/#see-also. It refuses an
 * anchor even if nothing uses it.
 */
function unsupported(text: string, node: unknown): { offset: number; what: string; todo: string } | undefined {
  if (isPair<Node, Node | null>(node)) {
    const { key, srcToken } = node;
    const isExplicit = srcToken?.start.some(({ type }) => type === "explicit-key-ind");
    if (!isCollection(key) && !isExplicit) return undefined;
    return { offset: key.range?.[0] ?? 0, what: "a complex key", todo: "write it as `key: value`" };
  }
  if (isAlias(node)) {
    return { offset: node.range?.[0] ?? 0, what: `an alias (*${node.source})`, todo: "write out what it stands for" };
  }
  if ((!isScalar(node) && !isCollection(node)) || node.anchor === undefined) return undefined;
  const offset = text.lastIndexOf(`&${node.anchor}`, node.range?.[0]);
  return { offset, what: `an anchor (&${node.anchor})`, todo: "remove it, and write out what its aliases stand for" };
}

export function isMapping(node: unknown): node is Mapping {
  return isMap(node);
}

/** A key such as `${{ if … }}`, whose value belongs to what it is in. */
export function isExpression(key: string): boolean {
  return key.startsWith("${{");
}

/** The text of a scalar as it is written (3.10 is no number's 3.1); undefined for anything else, and for nothing. */
export function textOf(node: ParsedNode | null | undefined): string | undefined {
  if (!isScalar(node) || node.value === null) return undefined;
  return typeof node.value === "string" ? node.value : node.source;
}

/** Whether nothing stands behind a key: no `null` either, which is written. */
export function isNothing(node: ParsedNode | null): boolean {
  return node === null || (isScalar(node) && node.value === null && node.range[0] === node.range[1]);
}

export function entryOf(mapping: Mapping, key: string): Entry | undefined {
  return mapping.items.find((entry) => textOf(entry.key) === key);
}

/** A mapping, and those in it that are under a condition. */
export function partsOf(mapping: Mapping): Mapping[] {
  const conditional = mapping.items.filter(({ key }) => isExpression(textOf(key) ?? ""));
  return [mapping, ...conditional.flatMap(({ value }) => (isMapping(value) ? partsOf(value) : []))];
}

/** The entries with a key, of a mapping and of those in it that are under a condition. */
export function entriesOf(mapping: Mapping, key: string): Entry[] {
  return partsOf(mapping).flatMap((part) => entryOf(part, key) ?? []);
}

/** A key is there once, in whatever case, but there may be two blocks under one condition. */
function uniqueKeys(a: Node, b: Node): boolean {
  if (!isScalar(a) || !isScalar(b)) return false;
  const [one, other] = [String(a.value), String(b.value)];
  return one.toLowerCase() === other.toLowerCase() && !isExpression(one);
}
