import { eq, satisfies, valid, validRange } from "@renovatebot/pep440";
import type { EnvironmentMarker, EnvironmentMarkerLeaf, Requirement } from "pip-requirements-js";
import { messageOf } from "../common/errors";
import type { Constraint } from "./constraint";

/** A line of a pip section, which is a line of a requirements file. */
export type PipLine =
  | { kind: "package"; name: string; constraint: Constraint; url?: string; installed: boolean }
  /** An option of pip (`--index-url …`), which names no package. */
  | { kind: "option" }
  /** Packages that are somewhere else: in a file, a folder, an archive without a name. */
  | { kind: "elsewhere" };

/**
 * Reads a line of a pip section: https://pip.pypa.io/en/stable/reference/requirements-file-format/
 *
 * @param python the environment's Python, if it is known: environment markers ask for it
 * @throws Error that says why pip would refuse it
 */
export function parsePipLine(text: string, python: string | undefined): PipLine {
  // A comment, and the options that pip allows behind a requirement (`--hash`).
  const line = text.trim().replace(/\s+(?:#|--[a-z]).*$/, "");
  if (/^(?:-[rce]|--(?:requirement|constraint|editable))(?![\w-])/.test(line)) return { kind: "elsewhere" };
  if (line.startsWith("-")) return { kind: "option" };
  if (elsewhere.test(line)) return { kind: "elsewhere" };
  // The library knows no marker behind a URL, and no variable in one.
  const [, project = line, url, marker = ""] = /^([^@;]+)@\s*(\S+)(\s+;.*)?$/.exec(line) ?? [];
  const requirement = parseRequirement(project + marker);
  if (requirement === null) throw new Error("it names no package");
  if (requirement.type !== "ProjectName") return { kind: "elsewhere" };
  const { name, versionSpec = [], environmentMarkerTree: tree } = requirement;
  const installed = tree === undefined || holds(tree, python);
  return { kind: "package", name, constraint: pipConstraint(versionSpec), ...(url && { url }), installed };
}

/** A path or a URL, an archive's name, or what a variable stands for: pip replaces `${NAME}` before it reads the line. */
const elsewhere = /^(?:[^\s@[;=<>!~]*\/|\.{1,2}(?:\[.*)?$|[^\s@[;=<>!~]+\.(?:whl|zip|tar\.gz)$|[^@]*\$\{[A-Z\d_]+\})/;

/**
 * The library knows PEP 508, but not `===`, which compares texts where `==` compares versions: for a version that is
 * written as it was released they are the same.
 */
function parseRequirement(line: string): Requirement | null {
  try {
    return pipRequirements().parsePipRequirementsLine(line.replaceAll("===", "=="));
  } catch (error) {
    if (/^[\w.-]+\s*(?:\[[^\]]*\])?\s*=[^=]/.test(line)) throw new Error('"=" is conda\'s, pip writes "=="');
    const message = messageOf(error);
    throw new Error(message.replace(/^Failed to parse requirements line\. Line 1, col/, "at column"));
  }
}

/** Loaded when it is needed: it takes longer than all the rest, and most files have no pip section. */
function pipRequirements(): typeof import("pip-requirements-js") {
  return require("pip-requirements-js");
}

const anything: Constraint = { text: "", versions: [], pinned: false, accepts: isPipVersion };

function pipConstraint(clauses: { operator: string; version: string }[]): Constraint {
  if (clauses.length === 0) return anything;
  for (const { operator, version } of clauses) {
    if (!validRange(operator + version))
      throw new Error(`"${operator}${version}" is not a version specifier (PEP 440)`);
  }
  const text = clauses.map(({ operator, version }) => operator + version).join(",");
  return {
    text,
    versions: clauses.map(({ version }) => version.replace(/\.\*$/, "")),
    pinned: clauses.some(({ operator }) => operator === "==" || operator === "~="),
    accepts: (version) => isPipVersion(version) && clauses.every((clause) => admits(clause, version)),
  };
}

/** Of a clause with a local version (`==2.4.1+cu121`) the library compares only the public part. */
function admits({ operator, version: named }: { operator: string; version: string }, version: string): boolean {
  if (named.includes("+")) return eq(version, named) === (operator === "==");
  return satisfies(version, operator + named, { prereleases: true });
}

function isPipVersion(text: string): boolean {
  return valid(text) !== null;
}

/** What environment markers ask for, in the job container: CPython on Linux. */
const jobContainer: Record<string, string> = {
  os_name: "posix",
  sys_platform: "linux",
  platform_system: "Linux",
  platform_machine: "x86_64",
  platform_python_implementation: "CPython",
  implementation_name: "cpython",
  // No extra is asked for: pip evaluates a requirement of its own with an empty one.
  extra: "",
};

/** Whether an environment marker (PEP 508) holds. What it asks for and is not known here is taken to be so. */
function holds(marker: EnvironmentMarker, python: string | undefined): boolean {
  if (isLeaf(marker)) return holdsLeaf(marker, python);
  const left = holds(marker.left, python);
  return marker.operator === "and" ? left && holds(marker.right, python) : left || holds(marker.right, python);
}

function isLeaf(marker: EnvironmentMarker): marker is EnvironmentMarkerLeaf {
  return marker.operator !== "and" && marker.operator !== "or";
}

function holdsLeaf({ left, operator, right }: EnvironmentMarkerLeaf, python: string | undefined): boolean {
  const [a, b] = [valueIn(left, python), valueIn(right, python)];
  if (a === undefined || b === undefined) return true;
  if (operator === "in") return b.includes(a);
  if (operator === "not in") return !b.includes(a);
  if (isPipVersion(a) && validRange(operator + b)) return satisfies(a, operator + b, { prereleases: true });
  if (operator === "!=") return a !== b;
  return operator === "==" && a === b;
}

/** A marker's variable or quoted text; undefined where it is not known. */
function valueIn(term: string, python: string | undefined): string | undefined {
  if (/^["']/.test(term)) return term.slice(1, -1);
  if (term === "python_version") return python?.split(".").slice(0, 2).join(".");
  if (/^(?:python_full|implementation)_version$/.test(term)) return python;
  return jobContainer[term];
}
