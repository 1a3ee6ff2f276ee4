import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import type { Wish } from "../../../../../src/cli/adopt/choose";
import { plan } from "../../../../../src/cli/adopt/plan";
import { refusal, textReport } from "../../../../../src/cli/adopt/report";
import { applyEdits } from "../../../../../src/conda/text-edit";
import { readPipeline } from "../../../../../src/pipeline-files/read-pipeline";

/** A copy of a folder beside this file, in a repository of its own, which a test may change. */
export class PipelineCopy {
  readonly folder = mkdtempSync(join(tmpdir(), "adopt-"));

  /** @param source the folder's name, or the files by their paths */
  constructor(source: string | Record<string, string>) {
    if (typeof source === "string") cpSync(join(__dirname, source), this.folder, { recursive: true });
    else for (const [path, text] of Object.entries(source)) this.write(path, text);
    mkdirSync(join(this.folder, ".git"));
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.folder, file)), { recursive: true });
    writeFileSync(join(this.folder, file), text);
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), "utf8");
  }

  /** All its YAML files, by their path. */
  readAll(): Map<string, string> {
    const files = readdirSync(this.folder, { recursive: true, encoding: "utf8" });
    return new Map(files.filter((file) => file.endsWith(".yml")).map((file) => [file, this.read(file)]));
  }

  /**
   * What the command does: edits the files.
   *
   * @returns what it says, with paths from the folder
   */
  adopt(wish: Wish, file = "ci.yml", programs: string[] = []): string {
    const pipeline = readPipeline(join(this.folder, file));
    if (pipeline === undefined) throw new Error(`there is no ${file}`);
    const made = plan(pipeline, wish);
    const { choice, edits } = made;
    for (const [{ path, text }, ofFile] of edits) writeFileSync(path, applyEdits(text, ofFile));
    const chosen = choice.kind === "chosen";
    return this.shorten(
      chosen ? textReport(choice, pipeline, made, { written: true, programs }) : refusal(choice, pipeline, wish),
    );
  }

  /** A message with paths from the folder. */
  shorten(message: string): string {
    return message.replaceAll(`${relative("", this.folder)}/`, "").replaceAll(`${this.folder}/`, "");
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** The lines that are only in the old text (`-`) or only in the new one (`+`), in order, with their ends. */
export function changedLines(before: string, after: string): string[] {
  const [old, now] = [before.split(/(?<=\n)/), after.split(/(?<=\n)/)];
  // The longest common sequence of what follows a line of the old and one of the new text.
  const common = Array.from({ length: old.length + 1 }, () => new Array<number>(now.length + 1).fill(0));
  const at = (i: number, j: number) => common[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      const row = common[i];
      if (row !== undefined) row[j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) [i, j] = [i + 1, j + 1];
    else if (j === now.length || (i < old.length && at(i + 1, j) >= at(i, j + 1))) lines.push(`-${old[i++]}`);
    else lines.push(`+${now[j++]}`);
  }
  return lines;
}
