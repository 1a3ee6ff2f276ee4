import { styleText } from "node:util";
import { Help } from "commander";
import { printable, printableJson } from "../../../common/printable";
import type { CheckedEnvironment } from "../../../conda/check";
import type { CondaFile } from "../../../conda/conda-file";
import type { Finding, Fix } from "../../../conda/finding";
import type { Solved } from "../../../conda/solve/compare-solutions";

/** What `npx job-container check conda` has to say. */
export interface Report extends Pick<CheckedEnvironment, "files"> {
  findings: Finding[];
  /** The edits of the CI file that were made. */
  fixed: Fix[];
  /** What was done besides, and what is good to know. */
  notes: string[];
  /** Only if the files were to be solved. */
  solutions?: Solved[];
  /** Paths of the locks that were written. */
  locks?: string[];
}

/** Where a report is read. */
export interface Medium {
  /** Columns of the terminal; undefined where lines may have any length. */
  width: number | undefined;
  colours: boolean;
}

/** Fewest columns in which a message stands beside its place; in fewer it goes below. */
const narrowest = 40;

/** The report for people: a table of the findings by file, what was done, and what it comes to in the last line. */
export function textReport(report: Report, medium: Medium): string {
  const blocks = [...table(report.findings, medium), edits(report), printable(report.notes.join("\n"))];
  return [...blocks.filter((block) => block !== ""), conclusion(report)].join("\n\n");
}

/** The report for programs: a JSON object. Absent are `solutions` and `locks` where nothing was to be solved. */
export function jsonReport({ files, findings, fixed, notes, solutions, locks }: Report): string {
  const report = {
    findings,
    fixed,
    notes,
    files: {
      ci: files.ci === undefined ? null : fileOf(files.ci),
      training: files.training.map(fileOf),
      scoring: files.scoring.map(fileOf),
    },
    solutions: solutions?.map(({ file, ...solution }) => ({ file: file.path, ...solution })),
    locks,
  };
  return printableJson(report);
}

function fileOf({ path, channels, dependencies }: CondaFile) {
  return {
    path,
    channels: channels.map(({ name }) => name),
    dependencies: dependencies.map(({ source, name, text, line }) => ({ source, name, specification: text, line })),
  };
}

/** A block of lines for each file. */
function table(findings: Finding[], { width = Number.POSITIVE_INFINITY, colours }: Medium): string[] {
  const rows = findings.map((finding) => ({ ...finding, place: `${finding.file}:${finding.line}` }));
  const placeWidth = Math.max(...rows.map(({ place }) => place.length));
  const ruleWidth = Math.max(...rows.map(({ rule }) => rule.length));
  const beside = width - placeWidth - ruleWidth - 4 >= narrowest;
  const indent = beside ? placeWidth + ruleWidth + 4 : 4;
  const style = (format: "cyan" | "yellow", text: string) =>
    colours ? styleText(format, text, { validateStream: false }) : text;

  const blocks = new Map<string, typeof rows>();
  for (const row of rows) blocks.set(row.file, [...(blocks.get(row.file) ?? []), row]);
  return [...blocks.values()].map((block) =>
    block
      .toSorted((a, b) => a.line - b.line)
      .map(({ place, rule, message }) => {
        const head = `${style("cyan", place)}${" ".repeat(placeWidth - place.length)}  ${style("yellow", rule)}`;
        const gap = beside ? " ".repeat(ruleWidth - rule.length + 2) : `\n${" ".repeat(indent)}`;
        const lines = new Help().boxWrap(printable(message.trimEnd()), width - indent).split("\n");
        return head + gap + lines.join(`\n${" ".repeat(indent)}`);
      })
      .join("\n"),
  );
}

function edits({ files, fixed }: Report): string {
  const lines = fixed.map((fix) =>
    fix.kind === "add"
      ? `  new: ${fix.specification} (${fix.source})`
      : `  line ${fix.line}: ${fix.from} is now ${fix.to}`,
  );
  return lines.length === 0 ? "" : [`Edited ${files.ci?.path}:`, printable(lines.join("\n"))].join("\n");
}

function conclusion({ findings, files: { training, scoring } }: Report): string {
  if (findings.length === 0) {
    const projects = [...training, ...scoring].flatMap(({ dependencies }) =>
      dependencies.map(({ project }) => project),
    );
    return `The conda files agree: ${count(new Set(projects).size, "package")} compared.`;
  }
  const fixable = findings.filter(({ fix }) => fix !== undefined).length;
  const which = fixable < findings.length ? `${fixable} of them` : fixable === 1 ? "it" : "them all";
  const advice = fixable === 0 ? "" : ` (--fix settles ${which})`;
  return `${count(findings.length, "finding")} in ${count(new Set(findings.map(({ file }) => file)).size, "file")}${advice}.`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
