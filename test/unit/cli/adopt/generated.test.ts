import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { parse } from "yaml";
import type { Wish } from "../../../../src/cli/adopt/choose";
import { plan } from "../../../../src/cli/adopt/plan";
import { applyEdits } from "../../../../src/conda/text-edit";
import { type Pipeline, readPipeline } from "../../../../src/pipeline-files/read-pipeline";
import { generatedPipelines } from "../../../support/generated-pipelines";
import { changedLines } from "./pipelines/pipeline-copy";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "generated-"));
  mkdirSync(join(folder, ".git"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string): Pipeline {
  const path = join(folder, "ci.yml");
  writeFileSync(path, text);
  const pipeline = readPipeline(path);
  if (pipeline === undefined) throw new Error("the file is not there");
  return pipeline;
}

function edit(text: string, wish: Wish): string {
  const { choice, edits } = plan(read(text), wish);
  expect(choice.kind).toBe("chosen");
  const [[, ofFile] = []] = [...edits];
  return applyEdits(text, ofFile ?? []);
}

const withoutMark = (text: string) => text.replace(/^\uFEFF/, "");
const linesOf = (text: string) => text.split(/(?<=\n)/);
const endOf = (line: string | undefined) => /\r?\n$/.exec(line ?? "")?.[0] ?? "";

/** What a pipeline says but for its containers. */
function withoutContainers(text: string): unknown {
  const isNone = (value: unknown) => value === null || JSON.stringify(value) === "{}";
  const { resources, ...rest } = JSON.parse(
    JSON.stringify(parse(text), (key, value: unknown) =>
      key === "container" || key === "containers" ? undefined : value,
    ),
  );
  return isNone(resources ?? null) ? rest : { ...rest, resources };
}

test("all jobs of any pipeline run in the job container, only the lines that are meant change, and twice is as once", () => {
  fc.assert(
    fc.property(generatedPipelines, ({ text, withImage, jobs }) => {
      const edited = edit(text, { allJobs: true });
      expect(edited.startsWith("\uFEFF")).toBe(text.startsWith("\uFEFF"));

      // What goes are the lines with the image; what comes is about the container, and nothing else.
      const changed = changedLines(withoutMark(text), withoutMark(edited));
      expect(changed.filter((line) => line.startsWith("-"))).toEqual(withImage.map((line) => `-${withoutMark(line)}`));
      for (const line of changed.filter((each) => each.startsWith("+"))) {
        expect(line).toMatch(/^\+\s*(?:- )?(?:(?:resources|containers?|image|endpoint):.*)?\r?\n?$/);
      }
      expect(withoutContainers(edited)).toEqual(withoutContainers(text));

      // A new line ends as one beside it does; in brackets there are none.
      const lines = linesOf(withoutMark(edited));
      const old = new Set(linesOf(withoutMark(text)));
      for (const [index, line] of lines.entries()) {
        if (old.has(line) || line.includes("{ image:") || index === lines.length - 1) continue;
        expect([endOf(lines[index - 1]), endOf(lines[index + 1])]).toContain(endOf(line));
      }
      expect(edited.replaceAll("\r\n", "\n")).toBe(edit(text.replaceAll("\r\n", "\n"), { allJobs: true }));

      const after = read(edited);
      expect(after.jobs).toHaveLength(jobs);
      for (const job of after.jobs) {
        expect(job.containers).toEqual([
          expect.objectContaining({ image: "$(jobContainerImage)", endpoint: "acrconnection" }),
        ]);
      }
      expect(edit(edited, { allJobs: true })).toBe(edited);
    }),
    { numRuns: 300 },
  );
});

test("without --all-jobs, jobs that have no container keep none", () => {
  fc.assert(
    fc.property(generatedPipelines, ({ text, withImage }) => {
      fc.pre(withImage.length > 0);
      const bare = (pipeline: Pipeline) => pipeline.jobs.filter(({ container }) => container === undefined).length;
      const edited = edit(text, { all: true });
      expect(changedLines(text, edited).filter((line) => line.startsWith("-"))).toHaveLength(withImage.length);
      expect(bare(read(edited))).toBe(bare(read(text)));
      expect(edit(edited, { all: true })).toBe(edited);
    }),
    { numRuns: 100 },
  );
});
