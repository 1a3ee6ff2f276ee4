import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import type { Problems } from "./problems";
import type { Place, ScalarToken, Token } from "./token";

/**
 * Reads a YAML file of a pipeline.
 *
 * @param file its path from the repository's root, for messages
 * @returns undefined if it cannot be read, which is reported
 */
export function readYaml(file: string, text: string, problems: Problems): Token | undefined {
  return new Reader(file, problems).read(text);
}

class Reader {
  private readonly lines = new LineCounter();
  private failed = false;

  constructor(
    private readonly file: string,
    private readonly problems: Problems,
  ) {}

  read(text: string): Token | undefined {
    // Its own check of keys does not know that there may be two blocks under one condition.
    const document = parseDocument(text, { lineCounter: this.lines, prettyErrors: false, uniqueKeys: false });
    for (const { code, message, pos } of document.errors) {
      this.refuse(this.placeAt(pos[0]), code === "MULTIPLE_DOCS" ? "A file has one YAML document" : message);
    }
    if (this.failed) return undefined;
    if (document.contents === null) {
      this.refuse(this.placeAt(0), "The file is empty: a pipeline has stages, jobs, steps or extends");
      return undefined;
    }
    const token = this.token(document.contents);
    return this.failed ? undefined : token;
  }

  private token(node: Node): Token {
    const place = this.placeAt(node.range?.[0] ?? 0);
    if (isAlias(node)) this.refuse(place, `Anchors are not currently supported. Remove the alias '${node.source}'`);
    else if (node.anchor !== undefined) {
      this.refuse(place, `Anchors are not currently supported. Remove the anchor '${node.anchor}'`);
    }
    if (isSeq<Node | null>(node)) {
      return { kind: "list", items: node.items.map((item) => this.child(item, place)), place };
    }
    if (isMap<Node, Node | null>(node)) {
      const entries = node.items.map(({ key, value }) => {
        const name = this.key(key);
        return { key: name, value: this.child(value, name.place) };
      });
      return { kind: "mapping", entries, place };
    }
    return this.scalar(node, place);
  }

  /** @param place of what it belongs to: nothing has no place of its own */
  private child(node: Node | null, place: Place): Token {
    return node === null ? { kind: "scalar", text: "", place } : this.token(node);
  }

  private key(node: Node): ScalarToken {
    const token = this.token(node);
    if (token.kind === "scalar") return token;
    this.refuse(token.place, "A key is a text");
    return { kind: "scalar", text: "", place: token.place };
  }

  private scalar(node: Node, place: Place): ScalarToken {
    if (!isScalar(node)) return { kind: "scalar", text: "", place };
    // A plain scalar stays what was written: 3.10 is no number's 3.1.
    const text = typeof node.value === "string" ? node.value : (node.source ?? "");
    return { kind: "scalar", text: node.value === null && /^(null|~)$/i.test(text) ? "" : text, place };
  }

  private refuse(place: Place, message: string): void {
    this.failed = true;
    this.problems.report(place, message);
  }

  private placeAt(offset: number): Place {
    const { line, col } = this.lines.linePos(offset);
    return { file: this.file, line: Math.max(line, 1), column: Math.max(col, 1) };
  }
}
