import { Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from "yaml";
import { messageOf } from "../common/errors";
import type { CondaFile, Dependency } from "./conda-file";
import { isImpossible, seriesOf } from "./constraint";
import type { CondaRule, Finding } from "./finding";
import { parseMatchSpec } from "./match-spec";
import { normalizePipName, projectOfConda, projectOfPip } from "./package-names";
import { parsePipLine } from "./requirement";

/** The keys of a conda environment file: https://docs.conda.io/projects/conda/en/stable/user-guide/tasks/manage-environments.html */
const keys = ["name", "channels", "dependencies", "prefix", "variables"];

/** An entry of a list in the file. */
interface Entry {
  text: string;
  line: number;
}

/**
 * Reads a conda environment file and finds what conda would refuse in it.
 *
 * @param path names the file in findings
 * @returns the file as far as it can be read (undefined if there is nothing to read), and what is wrong with it
 */
export async function readCondaFile(path: string, text: string): Promise<{ file?: CondaFile; findings: Finding[] }> {
  return new Reader(path, text).read();
}

class Reader {
  private readonly findings: Finding[] = [];
  private readonly lines = new LineCounter();
  private document = new Document();

  constructor(
    private readonly path: string,
    private readonly text: string,
  ) {}

  async read(): Promise<{ file?: CondaFile; findings: Finding[] }> {
    const file = await this.readFile();
    return { ...(file && { file }), findings: this.findings };
  }

  private async readFile(): Promise<CondaFile | undefined> {
    const root = this.parse();
    if (root === undefined) return undefined;
    for (const { key } of root.items) {
      if (!keys.includes(String(key))) {
        this.report(
          "invalid",
          key,
          `"${key}" is not a key of a conda environment file. Its keys are ${keys.join(", ")}`,
        );
      }
    }
    const channels = this.list(root.get("channels", true), "channels") ?? [];
    const dependencies = this.resolved(root.get("dependencies", true));
    if (!isSeq(dependencies) || dependencies.items.length === 0) {
      return this.withoutPackages(dependencies ?? root);
    }
    const { conda, pip } = this.split(dependencies.items);
    if (conda.length + pip.length === 0) return this.withoutPackages(dependencies);
    const fromConda = await this.readAll(conda, (entry) => this.readCondaEntry(entry));
    const { fromPip, pipOptions } = await this.readPip(pip, pythonOf(fromConda));
    const file = {
      path: this.path,
      text: this.text,
      channels: channels.map(({ text, line }) => ({ name: text, line })),
      dependencies: [...fromConda, ...fromPip],
      pipOptions,
    };
    this.findDuplicates(file.dependencies);
    return file;
  }

  /** The document's mapping, if it is YAML and has one. */
  private parse() {
    if (this.text.trim() === "") return this.refuse("the file is empty: write a conda environment file");
    if (this.text.includes("\0")) return this.refuse("the file is not text: write a conda environment file");
    const document = parseDocument(this.text, { lineCounter: this.lines });
    for (const { message, pos } of document.errors) {
      const reason = message.split(/ at line \d|\n/)[0];
      this.report("invalid", this.lines.linePos(pos[0]).line, `it is not YAML: ${reason}${tabs(this.text, pos[0])}`);
    }
    if (document.errors.length > 0) return undefined;
    this.document = document;
    const root = document.contents;
    if (isMap<Node, Node>(root)) return root;
    return this.refuse("it is not a conda environment file: it has no `dependencies:`");
  }

  /** Takes a list of texts apart. */
  private list(node: unknown, what: string): Entry[] | undefined {
    if (node === undefined) return undefined;
    const list = this.resolved(node);
    if (!isSeq(list)) {
      const empty = isScalar(list) && list.value === null;
      this.report("invalid", node, empty ? `${what} is empty: leave it out` : `${what} is not a list`);
      return undefined;
    }
    return list.items.flatMap((item) => this.entry(item, what) ?? []);
  }

  private entry(item: unknown, what: string): Entry | undefined {
    const node = this.resolved(item);
    const value = isScalar(node) ? node.value : undefined;
    if (typeof value === "string" && value.trim() !== "") return { text: value.trim(), line: this.lineOf(item) };
    const shown = isScalar(node) ? node.source || JSON.stringify(value) : String(item).trim();
    const advice =
      what === "channels" ? "write its name or its URL" : "write a name, with its version in quotes if need be";
    this.report("invalid", item, `${shown} in ${what} is not text: ${advice}`);
    return undefined;
  }

  /** What an alias (`*name`) stands for. */
  private resolved(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.document) : node;
  }

  /** Tells the packages of conda from those in the nested pip sections. */
  private split(items: unknown[]): { conda: Entry[]; pip: Entry[] } {
    const conda: Entry[] = [];
    const pip: Entry[] = [];
    let section: number | undefined;
    for (const node of items) {
      const item = this.resolved(node);
      if (!isMap(item)) {
        const entry = this.entry(node, "dependencies");
        if (entry) conda.push(entry);
        continue;
      }
      for (const { key, value } of item.items as Pair<Node, Node>[]) {
        if (String(key) === "pip") {
          if (section !== undefined) {
            this.report(
              "duplicate",
              key,
              `there is a pip section in line ${section} already, and conda reads one: join them`,
            );
          }
          section = this.lineOf(key);
          pip.push(...(this.list(value, "the pip section") ?? []));
        } else this.report("invalid", key, `conda knows no installer "${key}" among the dependencies, only pip`);
      }
    }
    return { conda, pip };
  }

  private async readAll(entries: Entry[], read: (entry: Entry) => Promise<Dependency | undefined>) {
    const all: Dependency[] = [];
    for (const entry of entries) {
      try {
        const dependency = await read(entry);
        if (dependency) all.push(dependency);
      } catch (error) {
        const reason = messageOf(error);
        this.report("invalid", entry.line, `"${entry.text}" is not a specification of a package: ${reason}`);
      }
    }
    for (const { line, name, constraint } of all) {
      if (isImpossible(constraint))
        this.report("impossible", line, `no version of ${name} is ${constraint.text}`, name);
    }
    return all;
  }

  private async readCondaEntry({ text, line }: Entry): Promise<Dependency> {
    const specification = await parseMatchSpec(text);
    return { ...specification, source: "conda", project: projectOfConda(specification.name), text, line };
  }

  private async readPip(entries: Entry[], python: string | undefined) {
    const pipOptions: string[] = [];
    const fromPip = await this.readAll(entries, async ({ text, line }): Promise<Dependency | undefined> => {
      const read = parsePipLine(text, python);
      if (read.kind === "option") pipOptions.push(text);
      if (read.kind === "elsewhere") {
        this.report("unread", line, `"${text}" leads to packages that cannot be compared: list them here`);
      }
      if (read.kind !== "package" || !read.installed) return undefined;
      const { constraint, url } = read;
      const name = normalizePipName(read.name);
      return { source: "pip", name, project: projectOfPip(name), text, line, constraint, ...(url && { url }) };
    });
    return { fromPip, pipOptions };
  }

  /** Several packages of conda may belong to one project (`ray-core`, `ray-tune`), but not one of conda and one of pip. */
  private findDuplicates(dependencies: Dependency[]): void {
    const names = new Map<string, Dependency>();
    const projects = new Map<string, Dependency>();
    for (const dependency of dependencies) {
      const { project, name, source, line } = dependency;
      const key = `${source}:${name}`;
      const same = names.get(key);
      const elsewhere = projects.get(project);
      names.set(key, same ?? dependency);
      projects.set(project, elsewhere ?? dependency);
      if (same !== undefined) {
        this.report("duplicate", line, `${name} is listed in line ${same.line} already: list it once`, name);
      } else if (elsewhere !== undefined && elsewhere.source !== source) {
        const other = `as ${elsewhere.name} from ${elsewhere.source} in line ${elsewhere.line}`;
        this.report("duplicate", line, `${name} from ${source} is listed ${other} already: list it once`, name);
      }
    }
  }

  private withoutPackages(where: unknown): undefined {
    this.report("invalid", where, "it has no dependencies: list its packages under `dependencies:`");
  }

  private refuse(message: string): undefined {
    this.report("invalid", 1, message);
  }

  private report(rule: CondaRule, where: unknown, message: string, name?: string): void {
    const line = typeof where === "number" ? where : this.lineOf(where);
    this.findings.push({ rule, file: this.path, line, ...(name !== undefined && { package: name }), message });
  }

  private lineOf(node: unknown): number {
    const range = typeof node === "object" && node !== null && "range" in node ? node.range : undefined;
    return Array.isArray(range) ? this.lines.linePos(Number(range[0])).line : 1;
  }
}

/** The version of Python that the environment fixes, at least its series, for environment markers. */
function pythonOf(dependencies: Dependency[]): string | undefined {
  const { constraint } = dependencies.find(({ name }) => name === "python") ?? {};
  const series = constraint && seriesOf(constraint);
  return series && (constraint.versions.find(constraint.accepts) ?? series);
}

/** YAML's own message for a tab does not always name it. */
function tabs(text: string, offset: number): string {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  return /^ *\t/.test(text.slice(start)) ? " (the line is indented with a tab: use spaces)" : "";
}
