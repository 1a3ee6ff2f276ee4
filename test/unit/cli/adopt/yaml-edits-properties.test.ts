import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { parse, parseDocument } from "yaml";
import { plan } from "../../../../src/cli/adopt/plan";
import { applyFixes } from "../../../../src/conda/fix";
import { applyEdits, yamlSource } from "../../../../src/conda/text-edit";
import { readPipeline } from "../../../../src/pipeline-files/read-pipeline";
import { hostile } from "../../support/hostile";
import { changedLines } from "./pipelines/pipeline-copy";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "edits-"));
  mkdirSync(join(folder, ".git"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Texts of one line, and such as would be more than a text in YAML. */
const texts = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9][\w.=<>, -]{0,30}$/).map((text) => text.trim()),
  fc.constantFrom(...hostile.map(([, value]) => value)),
  fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 60 }).filter((text) => text.trim() === text),
);

const comments = fc.constantFrom("", " # why", "   #\ttab: {a}", " # 'quotes\" - &a *b");
const blanks = fc.constantFrom("", "\n", "# a line: of [its own]\n", "  # indented\n\n");
const newlines = fc.constantFrom("\n", "\r\n");
const quotes = fc.constantFrom("", '"', "'");

test("a text is one line of YAML that reads back as it was, in every style", () => {
  fc.assert(
    fc.property(texts, fc.boolean(), quotes, (text, flow, quote) => {
      const like = parseDocument(`${quote}a${quote}`).contents ?? undefined;
      const source = yamlSource(text, flow, like);
      expect(source).not.toContain("\n");
      const document = flow ? `[${source}, b]` : `- ${source} # comment\n- b\n`;
      expect(parse(document)).toEqual([text, "b"]);
    }),
    { numRuns: 2000 },
  );
});

describe("adopt", () => {
  interface Parts {
    before: string;
    quote: string;
    tag: string;
    comment: string;
    indent: string;
    between: string;
    newline: string;
    form: "resource" | "job" | "flow" | "text";
    mark: string;
    after: string;
    endpoint: string;
  }

  const parts: fc.Arbitrary<Parts> = fc.record({
    before: blanks,
    quote: quotes,
    tag: fc.constantFrom("", ":latest", ":$(tag)", `@sha256:${"a".repeat(64)}`),
    comment: comments,
    indent: fc.constantFrom("  ", "    ", "      "),
    between: fc.constantFrom("", "options: --init\n", "env: {A: 'b # c', B: \"d\"}\n"),
    newline: newlines,
    form: fc.constantFrom("resource", "job", "flow", "text"),
    mark: fc.constantFrom("", "\uFEFF"),
    after: fc.constantFrom("", "trigger: none # end\n", "variables: {a: 'b'}\n", "pool:   {vmImage:   x}\n"),
    endpoint: texts,
  });

  /** A pipeline with one container of the stock image. */
  function pipelineOf({ before, quote, tag, comment, indent, between, newline, form, mark, after }: Parts): string {
    const image = `${quote}mcr.microsoft.com/mlops/python${tag}${quote}`;
    const more = between === "" ? "" : `${indent}${indent}${between}`;
    const resource = `resources:\n${indent}containers:\n${indent}- container: c${comment}\n${indent}  image: ${image}${comment}\n`;
    const text = {
      resource: `${resource}${before}jobs:\n- job: a\n${indent.slice(0, 2)}container: c\n`,
      job: `jobs:\n- job: a\n  container:${comment}\n${indent}${indent}image: ${image}${comment}\n${more}`,
      flow: `jobs: [ { job: a, container: { image: ${image} }, steps: [] } ]${comment}\n`,
      text: `${before}container: ${image}${comment}\n${before}steps:\n- bash: a\n`,
    }[form];
    return (mark + before + text + (form === "resource" ? "" : before) + after).replaceAll("\n", newline);
  }

  test("an edit of any pipeline gives its container image and endpoint, and changes nothing else", () => {
    const path = join(folder, "ci.yml");
    fc.assert(
      fc.property(parts, (made) => {
        const text = pipelineOf(made);
        writeFileSync(path, text);
        const pipeline = readPipeline(path);
        if (pipeline === undefined) throw new Error("the file is not there");
        const { choice, edits } = plan(pipeline, { endpoint: made.endpoint });
        expect(choice.kind).toBe("chosen");
        const [[, ofFile] = []] = [...edits];
        const edited = applyEdits(text, ofFile ?? []);

        const { image: _, ...rest } = containerOf(parse(text));
        const after = parse(edited);
        expect(containerOf(after)).toEqual({ ...rest, image: "$(jobContainerImage)", endpoint: made.endpoint });
        expect(withoutContainer(after)).toEqual(withoutContainer(parse(text)));
        // Lines that go are the image's; lines that come have image or endpoint, and no other line end.
        for (const line of changedLines(text, edited)) {
          expect(line).toMatch(line.startsWith("-") ? /mlops\/python/ : /container|image|endpoint/);
          if (made.newline === "\r\n") expect(line).toMatch(/\r\n$/);
        }
        if (made.comment !== "")
          expect(edited.split(made.comment.trim())).toHaveLength(text.split(made.comment.trim()).length);

        // Once more, there is nothing to do.
        writeFileSync(path, edited);
        const again = readPipeline(path);
        expect(again && plan(again, { endpoint: made.endpoint }).edits.size).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  /** The one container of a pipeline, as a mapping. */
  function containerOf(pipeline: unknown): Record<string, unknown> {
    const found: Record<string, unknown>[] = [];
    JSON.stringify(pipeline, (key, value: unknown) => {
      const isImage = key === "container" && typeof value === "string" && value !== "c";
      if (isImage) found.push({ image: value });
      if (typeof value === "object" && value !== null && "image" in value) found.push({ ...value });
      return value;
    });
    const [container, ...others] = found;
    expect(others).toEqual([]);
    return container ?? {};
  }

  function withoutContainer(pipeline: unknown): unknown {
    return JSON.parse(
      JSON.stringify(pipeline, (key, value: unknown) =>
        (key === "container" && value !== "c") || (typeof value === "object" && value !== null && "image" in value)
          ? "the container"
          : value,
      ),
    );
  }
});

describe("check conda --fix", () => {
  /** Entries are read without the space around them. */
  const others = texts.filter((text) => text === text.trim());
  const specification = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}((=|==|>=)\d{1,2}(\.\d{1,2}){0,2})?$/);
  const entry = fc.record({ text: specification, quote: quotes, comment: comments, before: blanks });
  const file = fc.record({
    entries: fc.uniqueArray(entry, { minLength: 1, maxLength: 8, selector: ({ text }) => text.replace(/[=>].*/, "") }),
    indent: fc.constantFrom("", "  ", "    "),
    dash: fc.constantFrom("- ", "-   "),
    flow: fc.boolean(),
    newline: newlines,
    head: fc.constantFrom("", "# why\nname: CI # b\n", "channels: [ conda-forge ]\n"),
    tail: fc.constantFrom("", "variables: {A: '1'}  # end\n"),
    mark: fc.constantFrom("", "\uFEFF"),
  });

  type File = typeof file extends fc.Arbitrary<infer T> ? T : never;

  function fileOf({ entries, indent, dash, flow, newline, head, tail, mark }: File): string {
    const list = flow
      ? `dependencies: [${entries.map(({ text, quote }) => quote + text + quote).join(", ")}] # list\n`
      : `dependencies:\n${entries.map(({ text, quote, comment, before }) => `${before}${indent}${dash}${quote}${text}${quote}${comment}\n`).join("")}`;
    return (mark + head + list + tail).replaceAll("\n", newline);
  }

  const lineOf = (text: string, one: string) => {
    const entry = new RegExp(`(^|[^\\w-])${one.replaceAll(/[.=>]/g, "\\$&")}($|[^\\w.=>-])`);
    const at = text.split("\n").findIndex((line) => entry.test(line.replace(/(^|\s)#.*/, "")));
    return at + 1;
  };

  test("a replaced entry is the only thing that changes", () => {
    fc.assert(
      fc.property(file, fc.nat(), others, (made, place, to) => {
        const text = fileOf(made);
        const index = place % made.entries.length;
        const from = made.entries[index]?.text ?? "";
        fc.pre(!made.entries.some((other) => other.text === to));
        const edited = applyFixes(text, [{ kind: "replace", line: lineOf(text, from), from, to }]);
        const before = parse(text);
        expect(parse(edited)).toEqual({ ...before, dependencies: before.dependencies.with(index, to) });
        const [gone = [], come = []] = ["-", "+"].map((mark) =>
          changedLines(text, edited).filter((line) => line.startsWith(mark)),
        );
        expect([gone.length, come.length]).toEqual([1, 1]);
      }),
      { numRuns: 500 },
    );
  });

  test("an added entry is the last of its list, and nothing else changes", () => {
    fc.assert(
      fc.property(file, others, (made, added) => {
        fc.pre(!made.entries.some(({ text }) => text === added));
        const text = fileOf(made);
        const edited = applyFixes(text, [{ kind: "add", source: "conda", specification: added }]);
        const before = parse(text);
        const after = parse(edited);
        expect({ ...after, dependencies: after.dependencies.length }).toEqual({
          ...before,
          dependencies: before.dependencies.length + 1,
        });
        expect(new Set(after.dependencies)).toEqual(new Set([...before.dependencies, added]));
        expect(after.dependencies.filter((one: string) => one !== added)).toEqual(before.dependencies);
        expect(changedLines(text, edited).filter((line) => line.startsWith("-"))).toHaveLength(made.flow ? 1 : 0);
        // Once more changes nothing.
        expect(applyFixes(edited, [{ kind: "add", source: "conda", specification: added }])).toBe(edited);
      }),
      { numRuns: 500 },
    );
  });
});
