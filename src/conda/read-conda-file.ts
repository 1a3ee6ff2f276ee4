import { isAlias, isMap, isScalar, isSeq, type Node, type Pair } from "yaml";
import { messageOf } from "../common/errors";
import { parseMatchSpec } from "./conda-entry/match-spec";
import type { CondaFile, Dependency, UnreadEntry } from "./conda-file";
import { allOf, seriesOf } from "./constraint";
import { findContradictions } from "./contradictions";
import { keyProblem } from "./environment-keys";
import type { CondaRule, Finding } from "./finding";
import { normalizePipName, projectOfConda, projectOfPip } from "./package-names";
import { parsePipLine } from "./pip-entry/line";
import { isSelected } from "./selector";
import { parseYaml, templateProblem, type YamlDocument } from "./yaml-document";

/** A conda environment file as far as it can be read. */
export interface ReadFile {
  /** Absent if there is nothing to read. */
  file?: CondaFile;
  /** What conda would refuse. */
  findings: Finding[];
  /** What conda takes no notice of. */
  notes: string[];
}

/**
 * Reads a conda environment file and finds what conda would refuse in it.
 *
 * @param path names the file in findings
 */
export function readCondaFile(path: string, text: string): ReadFile {
  const yaml = parseYaml(text);
  if ("root" in yaml) return new Reader(path, text, yaml).read();
  return { findings: [{ rule: "invalid", file: path, ...yaml }], notes: [] };
}

/** An entry of a list in the file. */
interface Entry {
  text: string;
  line: number;
  /** What is behind its `#`. */
  comment?: string;
}

/** What a list is called in messages. */
type Section = "channels" | "dependencies" | "the pip section";

const sourceOf = { dependencies: "conda", "the pip section": "pip" } as const;

class Reader {
  private readonly findings: Finding[] = [];
  private readonly notes: string[] = [];
  private readonly unread: UnreadEntry[] = [];

  constructor(
    private readonly path: string,
    private readonly text: string,
    private readonly yaml: YamlDocument,
  ) {}

  read(): ReadFile {
    this.checkKeys();
    const file = this.readFile();
    return { ...(file && { file }), findings: this.findings, notes: this.notes };
  }

  private readFile(): CondaFile | undefined {
    const { root } = this.yaml;
    const channels = this.list(root.get("channels", true), "channels") ?? [];
    const dependencies = this.resolved(root.get("dependencies", true));
    if (!isSeq(dependencies) || dependencies.items.length === 0) return this.withoutPackages(dependencies);
    const { conda, pip } = this.split(dependencies.items);
    const fromConda = this.readAll(conda, "conda", (entry) => this.readCondaEntry(entry));
    const pipOptions: string[] = [];
    const python = pythonOf(fromConda);
    const fromPip = this.readAll(pip, "pip", (entry) => this.readPipEntry(entry, python, pipOptions));
    const file: CondaFile = {
      path: this.path,
      text: this.text,
      channels: channels.map(({ text, line }) => ({ name: text, line })),
      dependencies: [...fromConda, ...fromPip],
      unread: this.unread,
      pipOptions,
    };
    if (conda.length + pip.length + this.unread.length === 0) return this.withoutPackages(dependencies);
    this.findings.push(...findContradictions(file));
    return file;
  }

  private checkKeys(): void {
    const { root } = this.yaml;
    for (const { key } of root.items) {
      const problem = keyProblem(String(key));
      if (problem === undefined) continue;
      if (problem.meant === undefined) this.notes.push(`${this.path}:${this.lineOf(key)}: ${problem.message}`);
      else this.report("invalid", key, problem.message);
    }
    // Of the other forms conda or micromamba ends with an error that names no line.
    for (const key of ["name", "prefix"]) {
      const value = this.resolved(root.get(key, true));
      if (value === undefined || (isScalar(value) && typeof value.value === "string")) continue;
      this.report("invalid", value, `${key} is not text: put it in quotes, or leave it out`);
    }
    const variables = this.resolved(root.get("variables", true));
    if (variables !== undefined && !isMap(variables)) {
      this.report("invalid", variables, "variables is not a mapping: write each as NAME: value");
    }
  }

  /** Takes a list of texts apart. */
  private list(node: unknown, section: Section): Entry[] | undefined {
    if (node === undefined) return undefined;
    const list = this.resolved(node);
    if (!isSeq(list)) {
      const empty = isScalar(list) && list.value === null;
      this.report("invalid", node, empty ? `${section} is empty: leave it out` : `${section} is not a list`);
      if (!empty && section !== "channels") this.leaveUnread(String(node), this.lineOf(node), sourceOf[section]);
      return undefined;
    }
    return list.items.flatMap((item) => this.entry(item, section));
  }

  private entry(item: unknown, section: Section): Entry[] {
    const node = this.resolved(item);
    const value = isScalar(node) ? node.value : undefined;
    if (typeof value === "string" && value.trim() !== "") {
      const comment = isScalar(item) ? item.comment : undefined;
      const entry = { text: value.trim(), line: this.lineOf(item), ...(comment && { comment }) };
      return this.reportSwallowed(item, entry, section) ? [] : [entry];
    }
    const shown = isScalar(node) ? node.source || JSON.stringify(value) : String(item).trim();
    const advice =
      section === "channels" ? "write its name or its URL" : "write a name, with its version in quotes if need be";
    this.report("invalid", item, `${shown} in ${section} is not text: ${advice}`);
    if (section !== "channels" && value !== null) this.leaveUnread(shown, this.lineOf(item), sourceOf[section]);
    return [];
  }

  /** YAML takes a line with a dash and no space behind it for the end of the entry above it. */
  private reportSwallowed(item: unknown, { text, line }: Entry, section: Section): boolean {
    const [start = 0, end = 0] = rangeOf(item) ?? [];
    const [above = "", ...below] = this.text.slice(start, end).split("\n");
    const swallowed = below.findIndex((one) => /^\s*-\w/.test(one));
    if (swallowed === -1 || /^['"|>]/.test(above)) return false;
    const missing = below[swallowed]?.trim().slice(1);
    this.report("invalid", line + 1 + swallowed, `write a space behind the dash: "- ${missing}"`);
    if (section !== "channels") this.leaveUnread(text, line, sourceOf[section]);
    return true;
  }

  /** What an alias (`*name`) stands for. */
  private resolved(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.yaml.document) : node;
  }

  /** Tells the packages of conda from those in the nested pip sections. */
  private split(items: unknown[]): { conda: Entry[]; pip: Entry[] } {
    const conda: Entry[] = [];
    const pip: Entry[] = [];
    let section: number | undefined;
    for (const node of items) {
      const item = this.resolved(node);
      if (!isMap(item)) {
        conda.push(...this.entry(node, "dependencies"));
        continue;
      }
      for (const { key, value } of item.items as Pair<Node, Node>[]) {
        if (String(key) !== "pip") {
          conda.push(...this.selected(key, value));
          continue;
        }
        if (section !== undefined) {
          const message = `there is a pip section in line ${section} already, and conda reads one: join them`;
          this.report("duplicate", key, message);
        }
        section = this.lineOf(key);
        pip.push(...(this.list(value, "the pip section") ?? []));
      }
    }
    return { conda, pip };
  }

  /** The package of `sel(linux): package`, or what another mapping is taken for. */
  private selected(key: Node, value: Node | null): Entry[] {
    const name = String(key);
    const refuse = (message: string, isNamed = false) => {
      this.report("invalid", key, message);
      this.leaveUnread(name, this.lineOf(key), "conda", isNamed);
      return [];
    };
    // YAML takes {{ name }} for a mapping in a mapping.
    if (isMap(key)) return refuse(templateProblem);
    const version = isScalar(value) && value.source;
    try {
      const selected = isSelected(name);
      if (selected !== undefined) return selected ? this.entry(value, "dependencies") : [];
    } catch (error) {
      return refuse(messageOf(error));
    }
    return version
      ? refuse(`"${name}: ${version}" is a mapping in YAML: write "${name}=${version}"`, true)
      : refuse(`conda knows no installer "${name}" among the dependencies, only pip`);
  }

  private readAll(entries: Entry[], source: Dependency["source"], read: (entry: Entry) => Dependency[]): Dependency[] {
    return entries.flatMap((entry) => {
      try {
        return read(entry);
      } catch (error) {
        const reason = /\{\{|\{%/.test(entry.text) ? templateProblem : messageOf(error);
        this.report("invalid", entry.line, `"${entry.text}" is not a specification of a package: ${reason}`);
        this.leaveUnread(entry.text, entry.line, source);
        return [];
      }
    });
  }

  private readCondaEntry({ text, line, comment = "" }: Entry): Dependency[] {
    const specification = parseMatchSpec(text);
    const [selector] = /^\s*\[[^\]]+\]/.exec(comment) ?? [];
    const own = { source: "conda", project: projectOfConda(specification.name), text, line } as const;
    return [{ ...specification, ...own, ...(selector !== undefined && { selector: selector.trim() }) }];
  }

  private readPipEntry({ text, line }: Entry, python: string | undefined, pipOptions: string[]): Dependency[] {
    const read = parsePipLine(text, python);
    if (read.kind === "options") {
      pipOptions.push(text);
      return [];
    }
    if (read.kind === "elsewhere") {
      this.report("unread", line, `"${text}" leads to packages that cannot be compared: ${read.advice}`);
      const projects = read.name === undefined ? undefined : [projectOfPip(read.name)];
      this.unread.push({ source: "pip", text, line, ...(projects && { projects }) });
      return [];
    }
    if (!read.installed) return [];
    const { kind: _, installed: __, extras, ...requirement } = read;
    const name = normalizePipName(read.name);
    const own = { source: "pip", name, project: projectOfPip(name), text, line } as const;
    return [{ ...requirement, ...own, ...(extras.length > 0 && { extras }) }];
  }

  /** Remembers an entry that is not read. @param isNamed whether what it asks for can be told by its words */
  private leaveUnread(text: string, line: number, source: Dependency["source"], isNamed = true): void {
    const names = text.match(/(?<![^\s,])[a-z_](?:[\w.-]*\w)?(?=$|[\s,[=<>!~(;@])/gi) ?? [];
    const known = isNamed && names.length > 0 && !/\{\{|\{%|\$\{/.test(text);
    const projectOf = source === "conda" ? projectOfConda : projectOfPip;
    this.unread.push({ source, text, line, ...(known && { projects: names.map(projectOf) }) });
  }

  private withoutPackages(dependencies: unknown): undefined {
    const where = dependencies ?? this.yaml.root;
    if (isMap(dependencies)) {
      const [first] = dependencies.items;
      const shown = [String(first?.key), isScalar(first?.value) ? first.value.source : ""].filter(Boolean).join("=");
      return this.report(
        "invalid",
        where,
        `dependencies is a mapping: begin each package with a dash, as in "- ${shown}"`,
      );
    }
    if (isScalar(dependencies) && /^-\w/.test(String(dependencies.value))) {
      const [first = ""] = String(dependencies.value).slice(1).split(" ");
      return this.report("invalid", where, `write a space behind each dash of the dependencies: "- ${first}"`);
    }
    const isMisspelt = this.yaml.root.items.some(({ key }) => keyProblem(String(key))?.meant === "dependencies");
    if (!isMisspelt) this.report("invalid", where, "it has no dependencies: list its packages under `dependencies:`");
  }

  private report(rule: CondaRule, where: unknown, message: string): undefined {
    const line = typeof where === "number" ? where : this.lineOf(where);
    this.findings.push({ rule, file: this.path, line, message });
  }

  private lineOf(node: unknown): number {
    const [start] = rangeOf(node) ?? [];
    return start === undefined ? 1 : this.yaml.lineAt(start);
  }
}

function rangeOf(node: unknown): number[] | undefined {
  const range = typeof node === "object" && node !== null && "range" in node ? node.range : undefined;
  return Array.isArray(range) ? range.map(Number) : undefined;
}

/** The version of Python that the environment fixes, at least its series, for environment markers. */
function pythonOf(dependencies: Dependency[]): string | undefined {
  const entries = dependencies.filter(({ name }) => name === "python");
  const constraint = allOf(entries.map((entry) => entry.constraint));
  const series = entries.length === 0 ? undefined : seriesOf(constraint);
  return series && (constraint.versions.find(constraint.accepts) ?? series);
}
