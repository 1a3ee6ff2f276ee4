import { CST, isScalar, type Node, parseDocument, Scalar } from "yaml";

/** What takes the place of the text between two offsets. */
export interface Edit {
  start: number;
  end: number;
  text: string;
}

/** @param edits do not overlap */
export function applyEdits(text: string, edits: Edit[]): string {
  let [result, done] = ["", 0];
  for (const { start, end, text: inserted } of edits.toSorted((a, b) => a.start - b.start)) {
    result += text.slice(done, start) + inserted;
    done = end;
  }
  return result + text.slice(done);
}

/** A text as YAML in one line, in the quotes of a node that is there already. */
export function yamlSource(text: string, flow: boolean, like?: Node): string {
  const plain = isText(text) ? Scalar.PLAIN : Scalar.QUOTE_DOUBLE;
  const type = isScalar(like) && like.type?.startsWith("QUOTE") ? like.type : plain;
  return CST.createScalarToken(text, { indent: 0, inFlow: flow, implicitKey: true, type }).source;
}

/** Whether a text without quotes is itself to YAML, and no number, truth value or structure. */
function isText(text: string): boolean {
  const { contents, errors } = parseDocument(text);
  return errors.length === 0 && isScalar(contents) && contents.value === text;
}

/** How the lines of a text end. */
export function newlineOf(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? "\n";
}

/** Where the line ends that an offset is in. */
export function lineEnd(text: string, offset: number): number {
  return offset + (/\r?\n|$/.exec(text.slice(offset))?.index ?? 0);
}

/** Where the line begins that an offset is in. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}
