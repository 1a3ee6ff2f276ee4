import { isSeq, type ParsedNode } from "yaml";
import type { Edit } from "../../conda/text-edit";
import {
  type Entry,
  entriesOf,
  entryOf,
  isMapping,
  isNothing,
  type Mapping,
  type PipelineFile,
  textOf,
} from "../../pipeline-files/pipeline-file";
import type { Target } from "./edit-container";
import { flowSource, indentOf, indentUnit, isFlow, keySource, linesBehind, linesInFrontOf, pairSource } from "./source";

/** Keys of which each pipeline has one, with what it runs: the resources stand in front of it. */
const bodies = ["stages", "jobs", "phases", "steps", "extends"];

/**
 * The edit that gives a pipeline a container resource, as the first of its containers.
 *
 * @returns undefined where there can be none: `resources` is a list of repositories, as it was once, or depends on an
 * expression
 */
export function addResource({ root, text }: PipelineFile, target: Target): Edit | undefined {
  const [first] = root.items;
  if (first === undefined) return undefined;
  const resource = new Resource(target, first.key, indentUnit(text));
  const resources = entryOf(root, "resources");
  if (resources === undefined) {
    if (entriesOf(root, "resources").length > 0) return undefined;
    if (isFlow(root)) return insert(first.key.range[0], `${resource.inBrackets("resources")}, `);
    const { key } = root.items.find((entry) => bodies.includes(textOf(entry.key) ?? "")) ?? first;
    return linesInFrontOf(text, key, indentOf(root), [...resource.lines("resources"), ""]);
  }
  const { key, value } = resources;
  if (isNothing(value) && !isFlow(root)) {
    return linesBehind(text, key.range[1], indentOf(root) + indentUnit(text), resource.lines("containers"));
  }
  if (!isMapping(value)) return undefined;
  const containers = entryOf(value, "containers");
  if (containers !== undefined) return addItem(text, value, containers, resource);
  if (entriesOf(value, "containers").length > 0) return undefined;
  if (isFlow(value)) return insertFirst(value, value.items.length, resource.inBrackets("containers"));
  return linesBehind(text, key.range[1], indentOf(value), resource.lines("containers"));
}

/** Adds it to the list of containers. */
function addItem(text: string, owner: Mapping, { key, value }: Entry, resource: Resource): Edit | undefined {
  if (isSeq<ParsedNode>(value) && value.flow) return insertFirst(value, value.items.length, resource.inBrackets());
  const { srcToken } = value ?? {};
  if (srcToken?.type === "block-seq") {
    return linesBehind(text, key.range[1], " ".repeat(srcToken.indent), resource.lines());
  }
  if (!isNothing(value) || isFlow(owner)) return undefined;
  return linesBehind(text, key.range[1], indentOf(owner) + indentUnit(text), resource.lines());
}

function insert(start: number, text: string): Edit {
  return { start, end: start, text };
}

/** Behind the bracket that opens a list or a mapping. */
function insertFirst({ range: [start] }: ParsedNode, others: number, source: string): Edit {
  return insert(start + 1, others > 0 ? ` ${source},` : ` ${source} `);
}

/** The resource as text, with the keys that it is the first thing below. */
class Resource {
  private readonly pairs: [string, string][];

  constructor(
    { alias, image, endpoint }: Target,
    /** A key whose quotes the keys and values get. */
    private readonly like: ParsedNode,
    private readonly unit: string,
  ) {
    this.pairs = [
      ["container", alias],
      ["image", image],
      ["endpoint", endpoint],
    ];
  }

  lines(below?: "resources" | "containers"): string[] {
    if (below !== undefined) {
      const inside = below === "resources" ? this.lines("containers") : this.lines();
      return [`${keySource(below, this.like)}:`, ...inside.map((line) => this.unit + line)];
    }
    const [first = "", ...others] = this.pairs.map(([key, value]) => pairSource(key, value, this.like, false));
    return [`- ${first}`, ...others.map((line) => `  ${line}`)];
  }

  inBrackets(below?: "resources" | "containers"): string {
    if (below === undefined) return flowSource(this.pairs, this.like);
    const source = below === "resources" ? `{ ${this.inBrackets("containers")} }` : `[ ${this.inBrackets()} ]`;
    return `${keySource(below, this.like)}: ${source}`;
  }
}
