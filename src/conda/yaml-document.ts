import { type Document, isMap, LineCounter, type Node, parseDocument, type YAMLMap } from "yaml";

/** A file whose YAML is a mapping. */
export interface YamlDocument {
  document: Document.Parsed;
  root: YAMLMap<Node, Node>;
  /** The line that an offset is in, counted from 1. */
  lineAt: (offset: number) => number;
}

/** Where a file is not what it should be, and why. Lines count from 1. */
export interface Problem {
  line: number;
  message: string;
}

/**
 * Reads a file's YAML.
 *
 * @returns the mapping, or the first mistake: the others mostly follow from it
 */
export function parseYaml(text: string): YamlDocument | Problem {
  if (text.trim() === "") return { line: 1, message: "the file is empty: write a conda environment file" };
  if (text.includes("\0")) return { line: 1, message: "the file is not text: write a conda environment file" };
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const lineAt = (offset: number) => lines.linePos(offset).line;
  const [error] = document.errors;
  if (error !== undefined) {
    const reason = error.message.split(/ at line \d|\n/)[0];
    return (
      likelyCause(text) ?? {
        line: lineAt(error.pos[0]),
        message: `it is not YAML: ${reason}${hintAt(text, error.pos[0])}`,
      }
    );
  }
  const root = document.contents;
  if (isMap<Node, Node>(root)) return { document, root, lineAt };
  return { line: 1, message: "it is not a conda environment file: it has no `dependencies:`" };
}

/** What leaves a file in no state to be read, wherever YAML notices it. */
function likelyCause(text: string): Problem | undefined {
  const lines = text.split(/\r?\n/);
  const lineOf = (form: RegExp) => lines.findIndex((line) => form.test(line)) + 1;
  const conflict = lineOf(/^(?:<{7}|={7}|>{7}|\|{7})(?: |$)/);
  if (conflict > 0) {
    return { line: conflict, message: "a merge conflict is not resolved: keep one of its sides, and remove its marks" };
  }
  const template = lineOf(/\{\{|\{%/);
  if (template === 0) return undefined;
  return { line: template, message: `it is not YAML: ${templateProblem}` };
}

/** Why nothing can be read of `{{ name }}`. */
export const templateProblem =
  "it is a template ({{ … }} or {% … %}), which conda does not fill in: check the file that is made from it";

/** What YAML's own message does not always name. */
function hintAt(text: string, offset: number): string {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const line = /^.*/.exec(text.slice(start))?.[0] ?? "";
  if (/^ *\t/.test(line)) return " (the line is indented with a tab: use spaces)";
  const [, name] = /^\s*-(\w\S*)/.exec(line) ?? [];
  return name === undefined ? "" : ` (write a space behind the dash: "- ${name}")`;
}
