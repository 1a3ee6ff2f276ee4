import {
  type Alias,
  isAlias,
  isMap,
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
  /** Where anchors are used (`*name`). */
  aliases: (Alias & ParsedNode)[];
  /** `path:line` of a node. */
  place(node: ParsedNode): string;
  /** What an alias stands for, and any other node itself. */
  resolve(node: ParsedNode | null | undefined): ParsedNode | undefined;
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
  for (const { code, message, pos } of document.errors) {
    const reason = code === "MULTIPLE_DOCS" ? "it has several documents, and Azure Pipelines reads one" : message;
    throw new UserError(`${path}:${lines.linePos(pos[0]).line} is not a pipeline's YAML: ${reason}`);
  }
  const root = document.contents;
  if (!isMapping(root)) {
    throw new UserError(
      `${path} is not a pipeline: it has no keys like jobs, steps or extends; name a pipeline's file`,
    );
  }
  const aliases: (Alias & ParsedNode)[] = [];
  visit(document, { Alias: (_, node) => void (isParsed(node) && aliases.push(node)) });
  return {
    path,
    text,
    root,
    aliases,
    place: (node) => `${path}:${lines.linePos(node.range[0]).line}`,
    resolve: (node) => {
      const target = isAlias(node) ? node.resolve(document) : node;
      return isParsed(target) ? target : undefined;
    },
  };
}

export function isMapping(node: unknown): node is Mapping {
  return isMap(node);
}

/** A key such as `${{ if … }}`, whose value belongs to what it is in. */
export function isExpression(key: string): boolean {
  return key.startsWith("${{");
}

/** The text of a scalar; undefined for anything else, and for nothing. */
export function textOf(node: ParsedNode | null | undefined): string | undefined {
  return isScalar(node) && node.value !== null ? String(node.value) : undefined;
}

export function entryOf(mapping: Mapping, key: string): Entry | undefined {
  return mapping.items.find((entry) => textOf(entry.key) === key);
}

/** A key is there once, but there may be two blocks under one condition. */
function uniqueKeys(a: Node, b: Node): boolean {
  return isScalar(a) && isScalar(b) && a.value === b.value && !isExpression(String(a.value));
}

function isParsed<T extends Node>(node: T | null | undefined): node is T & ParsedNode {
  return node?.range != null;
}
