import { applyEdits, type Edit } from "../../conda/text-edit";

/** Unchanged lines that are shown around a change. */
const context = 3;

/** Lines of the old text that are replaced by others; numbered from 0, `end` not included. */
interface Change {
  start: number;
  end: number;
  lines: string[];
}

/**
 * What edits change in a file, in the format that `git apply` and `patch` read.
 *
 * @param path of the file, from the folder that the patch is for
 */
export function unifiedDiff(path: string, text: string, edits: Edit[]): string {
  const old = linesOf(text);
  const name = path.replaceAll("\\", "/");
  let [result, shift] = [`--- a/${name}\n+++ b/${name}\n`, 0];
  for (const hunk of hunksOf(changesOf(text, old, edits))) {
    const start = Math.max(0, (hunk[0]?.start ?? 0) - context);
    const end = Math.min(old.length, (hunk.at(-1)?.end ?? 0) + context);
    const grown = hunk.reduce((sum, change) => sum + change.lines.length - (change.end - change.start), 0);
    result += `@@ -${start + 1},${end - start} +${start + shift + 1},${end - start + grown} @@\n`;
    let done = start;
    for (const change of hunk) {
      result += marked(" ", old.slice(done, change.start));
      result += marked("-", old.slice(change.start, change.end)) + marked("+", change.lines);
      done = change.end;
    }
    result += marked(" ", old.slice(done, end));
    shift += grown;
  }
  return result;
}

/** The changes from the first to the last; edits of the same line are one. */
function changesOf(text: string, old: string[], edits: Edit[]): Change[] {
  const groups: { start: number; end: number; edits: Edit[] }[] = [];
  const lineOf = (offset: number) => text.slice(0, offset).split("\n").length - 1;
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    const [start, end] = [lineOf(edit.start), lineOf(edit.end) + 1];
    const last = groups.at(-1);
    if (last === undefined || start >= last.end) groups.push({ start, end, edits: [edit] });
    else {
      last.end = Math.max(last.end, end);
      last.edits.push(edit);
    }
  }
  return groups.map(({ start, end, edits: own }) => {
    const offset = old.slice(0, start).join("").length;
    const moved = own.map((edit) => ({ ...edit, start: edit.start - offset, end: edit.end - offset }));
    const lines = linesOf(applyEdits(old.slice(start, end).join(""), moved));
    const same = lines.findIndex((line, index) => start + index >= end || line !== old[start + index]);
    return { start: start + same, end, lines: lines.slice(same) };
  });
}

/** Changes that share lines around them go together. */
function hunksOf(changes: Change[]): Change[][] {
  const hunks: Change[][] = [];
  for (const change of changes) {
    const last = hunks.at(-1);
    if (last !== undefined && change.start - (last.at(-1)?.end ?? 0) <= 2 * context) last.push(change);
    else hunks.push([change]);
  }
  return hunks;
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function marked(mark: string, lines: string[]): string {
  return lines.map((line) => mark + (line.endsWith("\n") ? line : `${line}\n\\ No newline at end of file\n`)).join("");
}
