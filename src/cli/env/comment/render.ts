import { type Changes, type Failure, isDestructive, type Operation, operations, type ResourceChange } from "./changes";
import { type DiffLine, diffOf } from "./comment-diff";
import { codeLines, fenceFor, inlineCode } from "./markdown";

/** A preview of one stack. */
export type Preview = {
  /** What it is a preview of, for example the stack's name. */
  title: string;
} & ({ changes: Changes } | { failure: Failure });

/** The part of the comment about one preview: what is never left out, and what is left out if the comment is too long. */
interface Section {
  title: string;
  head: string[];
  /** The table's rows, or lines of the reasons for the failure. */
  rows: string[];
  /** What is before and after the rows. */
  open: string[];
  close: string[];
  /** What the rows are called where some are left out. */
  rowsAre: string;
  /** Characters that the rows may have in all. */
  rowsAtMost: number;
  diff: DiffLine[];
}

/** Room for what says that something is left out, and for what the diff is folded with. */
const reserve = 500;

/** Characters of what a failed preview reports: it does not displace the other previews. */
const failureAtMost = 10_000;

/** Properties that are named in a row of the table. */
const namedProperties = 6;

const participles: Record<Operation, string> = {
  replace: "replaced",
  delete: "deleted",
  create: "created",
  update: "updated",
  import: "imported",
};

/**
 * Previews as a comment in Markdown: for each a table of the resources that would change, and folded below it how.
 *
 * @param limit characters that the comment may have; more than 20,000 for each preview. Of what is too much, the diffs
 *   are cut first and the tables last; the comment says so.
 */
export function renderComment(previews: Preview[], limit: number): string {
  const sections = previews.map((preview) =>
    "changes" in preview ? changesSection(preview) : failureSection(preview),
  );
  const fixed = sections.map(({ title, head, open, close }) => sizeOf([title, ...head, ...open, ...close]) + reserve);
  const forAll = limit - sum(fixed);
  const rowNeeds = sections.map(({ rows, rowsAtMost }) => Math.min(sizeOf(rows), rowsAtMost));
  const rowShares = sharesOf(rowNeeds, forAll);
  const rows = sections.map((section, index) => fitting(section.rows, rowShares[index] ?? 0));

  // Where not even the rows have room, there is none for how they change.
  const diffs = sections.map(({ diff, rows: { length } }, index) =>
    rows[index]?.length === length ? diff.map(({ text }) => text) : [],
  );
  const fences = diffs.map((lines) => 2 * fenceFor(lines).length);
  const diffNeeds = diffs.map((lines, index) => sizeOf(lines) + (fences[index] ?? 0));
  const diffShares = sharesOf(diffNeeds, forAll - sum(rows.map(sizeOf)));
  return sections
    .map((section, index) => {
      const shown = fitting(diffs[index] ?? [], (diffShares[index] ?? 0) - (fences[index] ?? 0));
      return renderSection(section, rows[index]?.length ?? 0, shown.length);
    })
    .join("\n");
}

function changesSection({ title, changes }: { title: string; changes: Changes }): Section {
  const { resources, outputs, unchanged } = changes;
  const counts = operations.flatMap((operation) => {
    const count = resources.filter((resource) => resource.operation === operation).length;
    if (count === 0) return [];
    const text = `${count} ${participles[operation]}`;
    return [isDestructive(operation) ? `⚠ **${text}**` : text];
  });
  const still = `${unchanged} unchanged`;
  const summary =
    counts.length > 0
      ? `${counts.join(", ")}, ${still}.`
      : outputs.length > 0
        ? `No changes of resources, ${still}.`
        : `No changes, ${still}.`;
  const names = outputs.map(({ path }) => path);
  return {
    title: `Preview of ${inlineCode(title)}`,
    head: [summary, ...(names.length > 0 ? ["", `Outputs that change: ${list(names)}.`] : [])],
    open: resources.length > 0 ? ["", "| | Type | Name | Properties |", "| --- | --- | --- | --- |"] : [],
    rows: resources.map(row),
    close: [],
    rowsAre: "resources that would change",
    rowsAtMost: Number.POSITIVE_INFINITY,
    diff: diffOf(changes),
  };
}

function failureSection({ title, failure }: { title: string; failure: Failure }): Section {
  const rows = failure.messages.flatMap(({ resource, text }) =>
    codeLines(resource === undefined ? text : `${resource}:\n${text}`),
  );
  const fence = fenceFor(rows);
  return {
    title: `⚠ The preview of ${inlineCode(title)} failed`,
    head: [],
    open: [`${fence}text`],
    rows,
    close: [fence],
    rowsAre: "lines of what was reported",
    rowsAtMost: failureAtMost,
    diff: [],
  };
}

function row({ operation, type, name, retained, properties }: ResourceChange): string {
  const [reasons, others] = [true, false].map((replaces) =>
    properties.filter((property) => property.replaces === replaces).map(({ path }) => path),
  );
  // Of what is created or deleted as a whole, each property would be named.
  const named = operation === "replace" || operation === "update" ? (others ?? []) : [];
  const cells = [
    `${isDestructive(operation) ? `⚠ **${operation}**` : operation}${retained ? " (what exists stays in the cloud)" : ""}`,
    inlineCode(type),
    inlineCode(name),
    [...(reasons?.length ? [`replaced for ${list(reasons)}`] : []), ...(named.length > 0 ? [list(named)] : [])].join(
      "; ",
    ),
  ];
  return `| ${cells.join(" | ")} |`;
}

function list(names: string[]): string {
  const more = names.length - namedProperties;
  const shown = names.slice(0, namedProperties).map((name) => inlineCode(name));
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

function renderSection(section: Section, rowCount: number, diffCount: number): string {
  const { title, head, open, rows, close, rowsAre, diff } = section;
  const shown = diff.slice(0, diffCount).map(({ text }) => text);
  const fence = fenceFor(shown);
  const folded = ["", "<details><summary>Diff</summary>", "", `${fence}diff`, ...shown, fence, "", "</details>"];
  return [
    `### ${title}`,
    "",
    ...head,
    ...open,
    ...rows.slice(0, rowCount),
    ...close,
    ...note(rows.length - rowCount, () => `${rows.length - rowCount} of ${rows.length} ${rowsAre}`),
    ...(diffCount > 0 ? folded : []),
    ...note(diff.length - diffCount, () => leftOut(diff, diffCount)),
    "",
  ].join("\n");
}

/** @param what is only asked for if there is something to say */
function note(count: number, what: () => string): string[] {
  return count === 0 ? [] : ["", `Left out, because the comment would be too long: ${what()}. The run's log has all.`];
}

function leftOut(diff: DiffLine[], count: number): string {
  const rest = diff.slice(count);
  const parts = new Set(rest.map(({ part }) => part));
  const outputs = parts.delete("outputs") ? ["the outputs"] : [];
  const resources = parts.size > 0 ? [parts.size === 1 ? "1 resource" : `${parts.size} resources`] : [];
  return `${rest.length} of ${diff.length} lines of the diff, about ${[...resources, ...outputs].join(" and ")}`;
}

/** As many of the lines, from the first, as do not take more than this. */
function fitting(lines: string[], size: number): string[] {
  let left = size;
  const end = lines.findIndex((line) => {
    left -= sizeOf([line]);
    return left < 0;
  });
  return end === -1 ? lines : lines.slice(0, end);
}

/** Gives each what it needs, and where that is too much, an equal share of what the others leave. */
function sharesOf(needs: number[], total: number): number[] {
  const shares = needs.map(() => 0);
  let left = Math.max(0, total);
  const order = needs.map((need, index) => ({ need, index })).sort((a, b) => a.need - b.need);
  order.forEach(({ need, index }, position) => {
    const share = Math.min(need, Math.floor(left / (order.length - position)));
    shares[index] = share;
    left -= share;
  });
  return shares;
}

function sizeOf(lines: string[]): number {
  return sum(lines.map(({ length }) => length + 1));
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
