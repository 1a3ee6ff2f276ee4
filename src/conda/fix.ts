import { type CST, isAlias, isMap, isScalar, isSeq, LineCounter, type ParsedNode, parseDocument } from "yaml";
import type { Fix } from "./finding";
import { applyEdits, type Edit, lineEnd, newlineOf, yamlSource } from "./text-edit";

/** An entry of a list of packages, and what of it is in the text. */
interface Entry {
  node: ParsedNode;
  /** Its value, without quotes; undefined for a nested list. */
  value: string | undefined;
  /** In brackets, where commas and brackets in an entry have to be quoted. */
  flow: boolean;
  line: number;
  start: number;
  end: number;
}

/** A list of packages: `dependencies`, or `pip` in it. */
interface List {
  entries: Entry[];
  /** In brackets. */
  flow: boolean;
  /** Where its first entry goes while it has none. */
  start: number;
  /** What is in front of the entries of a list that is not in brackets: indentation and dash. */
  bullet: string;
}

/**
 * Edits a conda environment file. Everything that is not edited stays as it is, byte for byte: comments, order, quotes,
 * indentation and line endings. An edit that has been made already changes nothing.
 *
 * @param text the file's content
 * @param fixes for the file with this content: their lines are those of `text`
 * @throws Error if an entry that is to be replaced is not there, or if the file has no list of dependencies
 */
export function applyFixes(text: string, fixes: Fix[]): string {
  if (fixes.length === 0) return text;
  const replaced = applyEdits(text, replacements(text, fixes));
  const withConda = applyEdits(replaced, condaAdditions(replaced, added(fixes, "conda")));
  return applyEdits(withConda, pipAdditions(withConda, added(fixes, "pip")));
}

function added(fixes: Fix[], source: "conda" | "pip"): string[] {
  return fixes.flatMap((fix) => (fix.kind === "add" && fix.source === source ? fix.specification : []));
}

function replacements(text: string, fixes: Fix[]): Edit[] {
  const { dependencies, selected, pip } = listsOf(text);
  const entries = [...[dependencies, ...pip].flatMap((list) => list.entries), ...selected];
  // In brackets, one line can have several entries.
  const entryAt = (line: number, value: string) =>
    entries.find((entry) => entry.line === line && entry.value === value);
  const edits = new Map<Entry, Edit>();
  for (const fix of fixes) {
    if (fix.kind !== "replace") continue;
    const entry = entryAt(fix.line, fix.from);
    if (entry !== undefined) {
      edits.set(entry, { start: entry.start, end: entry.end, text: yamlSource(fix.to, entry.flow, entry.node) });
    } else if (entryAt(fix.line, fix.to) === undefined) {
      throw new Error(`line ${fix.line} has no entry "${fix.from}"`);
    }
  }
  return [...edits.values()];
}

/** New conda packages go behind the others, in front of pip and its list. */
function condaAdditions(text: string, specifications: string[]): Edit[] {
  const { dependencies } = listsOf(text);
  const section = dependencies.entries.findIndex(({ node }) => isMap(node) && node.has("pip"));
  const before = section === -1 ? dependencies.entries : dependencies.entries.slice(0, section);
  const last = section === -1 ? before.at(-1) : (before.findLast((entry) => !isPip(entry)) ?? before.at(-1));
  return insertion(text, dependencies, last ?? dependencies.entries.at(-1), missing(dependencies, specifications));
}

/** New pip packages go to the end of pip's list, which is made if there is none. */
function pipAdditions(text: string, specifications: string[]): Edit[] {
  const { dependencies, pip, emptyPip } = listsOf(text);
  const section = pip.at(-1);
  if (section !== undefined) return insertion(text, section, section.entries.at(-1), missing(section, specifications));
  if (specifications.length === 0) return [];
  const sources = [...new Set(specifications)].map((specification) => yamlSource(specification, dependencies.flow));
  if (emptyPip?.flow) return [{ ...emptyPip, text: `: [${sources.join(", ")}]` }];
  const lines = sources
    .map((source) => `${newlineOf(text)}${" ".repeat(dependencies.bullet.length)}- ${source}`)
    .join("");
  if (emptyPip !== undefined) {
    const end = lineEnd(text, emptyPip.end);
    return [
      { ...emptyPip, text: ":" },
      { start: end, end, text: lines },
    ];
  }
  const list = dependencies.flow ? `{ pip: [${sources.join(", ")}] }` : `pip:${lines}`;
  const installer = dependencies.entries.some(isPip) ? [] : ["pip"];
  return insertion(text, dependencies, dependencies.entries.at(-1), [...installer, list]);
}

/** The source of those specifications that a list lacks. */
function missing(list: List, specifications: string[]): string[] {
  const absent = new Set(specifications.filter((text) => !list.entries.some(({ value }) => value === text)));
  return [...absent].map((specification) => yamlSource(specification, list.flow));
}

/** Inserts entries behind one of a list, each on a line of its own if that one is. */
function insertion(text: string, list: List, last: Entry | undefined, sources: string[]): Edit[] {
  if (sources.length === 0) return [];
  const insert = (at: number, inserted: string): Edit => ({ start: at, end: at, text: inserted });
  if (last === undefined) return [insert(list.start, sources.join(", "))];
  const newline = newlineOf(text);
  const end = lineEnd(text, last.end);
  if (!list.flow) return [insert(end, sources.map((source) => newline + list.bullet + source).join(""))];

  const [, indent] = /(?:^|\n)([ \t]*)$/.exec(text.slice(0, last.start)) ?? [];
  const [ownLine, comma] = /^[ \t]*(,?)[ \t]*(?:#.*)?$/.exec(text.slice(last.end, end)) ?? [];
  if (indent === undefined || ownLine === undefined) return [insert(last.end, `, ${sources.join(", ")}`)];
  const lines = sources.map((source) => newline + indent + source).join(",") + comma;
  return comma === "" ? [insert(last.end, ","), insert(end, lines)] : [insert(end, lines)];
}

function isPip({ value }: Entry): boolean {
  return value !== undefined && /^(?:[^\s[]+::)?pip(?![\w.-])/i.test(value);
}

/** Where a pip section without entries has its colon, and what may stand for nothing behind it (`null`). */
interface EmptySection {
  start: number;
  end: number;
  flow: boolean;
}

interface Lists {
  dependencies: List;
  /** The packages of `sel(linux): package`. */
  selected: Entry[];
  pip: List[];
  emptyPip?: EmptySection;
}

function listsOf(text: string): Lists {
  const lines = new LineCounter();
  const document = parseDocument(text, { keepSourceTokens: true, lineCounter: lines });
  const resolved = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);

  const textOf = (item: ParsedNode): string | undefined => {
    const node = resolved(item);
    return isScalar(node) ? String(node.value).trim() : undefined;
  };

  const entryOf = (item: ParsedNode, flow: boolean): Entry => ({
    node: item,
    value: textOf(item),
    flow,
    line: lines.linePos(item.range[0]).line,
    start: item.range[0],
    end: endOf(text, item),
  });

  const listAt = (parent: unknown, key: string): List | undefined => {
    const section = resolved(parent);
    const node = resolved(isMap<ParsedNode, ParsedNode>(section) ? section.get(key, true) : undefined);
    if (!isSeq<ParsedNode>(node)) return undefined;
    const flow = node.flow === true;
    return {
      entries: node.items.map((item) => entryOf(item, flow)),
      flow,
      start: (node.range?.[0] ?? 0) + 1,
      bullet: bulletOf(node.srcToken),
    };
  };

  const emptyAt = (entry: Entry): EmptySection[] => {
    const map = resolved(entry.node);
    if (!isMap<ParsedNode, ParsedNode | null>(map)) return [];
    return map.items.flatMap(({ key, value }) => {
      if (String(key) !== "pip" || (value !== null && !(isScalar(value) && value.value === null))) return [];
      const start = key.range[1];
      const colon = /^\s*:?/.exec(text.slice(start))?.[0].length ?? 0;
      return [
        { start, end: isScalar(value) && value.source ? value.range[1] : start + colon, flow: map.flow === true },
      ];
    });
  };

  const selectedAt = ({ node }: Entry): Entry[] => {
    if (!isMap<ParsedNode, ParsedNode | null>(node)) return [];
    return node.items.flatMap(({ key, value }) =>
      value !== null && String(key).startsWith("sel(") ? entryOf(value, node.flow === true) : [],
    );
  };

  const dependencies = listAt(document.contents, "dependencies");
  if (dependencies === undefined) throw new Error("the file has no list of dependencies");
  const [emptyPip] = dependencies.entries.flatMap(emptyAt);
  return {
    dependencies,
    selected: dependencies.entries.flatMap(selectedAt),
    pip: dependencies.entries.flatMap(({ node }) => listAt(node, "pip") ?? []),
    ...(emptyPip && { emptyPip }),
  };
}

/** Where a node's last value ends: YAML counts the line's end and comments behind it to lists without brackets. */
function endOf(text: string, node: ParsedNode): number {
  const last = isSeq<ParsedNode>(node) && !node.flow ? node.items.at(-1) : undefined;
  if (last !== undefined) return endOf(text, last);
  const pair = isMap<ParsedNode, ParsedNode | null>(node) && !node.flow ? node.items.at(-1) : undefined;
  if (pair !== undefined) return endOf(text, pair.value ?? pair.key);
  const [start, end] = node.range;
  return start + text.slice(start, end).trimEnd().length;
}

/** What is in front of the last entry: the space in front of its dash is not part of the list's indentation. */
function bulletOf(token: CST.Token | undefined): string {
  if (token?.type !== "block-seq") return "";
  const start = token.items.findLast(({ value }) => value !== undefined)?.start ?? [];
  const gap = start[start.findIndex(({ type }) => type === "seq-item-ind") + 1];
  return `${" ".repeat(token.indent)}-${gap?.type === "space" ? gap.source : " "}`;
}
