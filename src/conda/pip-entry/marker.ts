import type { Scanner } from "./scanner";
import { admits, isVersion, specifierProblem } from "./specifier";

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

const variable =
  /(?:python_version|python_full_version|os[._]name|sys[._]platform|platform_(?:release|system)|platform[._](?:version|machine|python_implementation)|python_implementation|implementation_(?:name|version)|extra)\b/y;

/**
 * Reads an environment marker, and says whether it holds. What it asks for and is not known here is taken to be so.
 * Source: https://packaging.python.org/en/latest/specifications/dependency-specifiers/#environment-markers
 *
 * @param python the environment's Python, if it is known
 * @throws Error that says why it is none
 */
export function readMarker(scanner: Scanner, python: string | undefined): boolean {
  let holds = readAll(scanner, python);
  // Both sides are read, whatever the first says.
  while (scanner.take(/or\b/y)) holds = readAll(scanner, python) || holds;
  return holds;
}

function readAll(scanner: Scanner, python: string | undefined): boolean {
  let holds = readOne(scanner, python);
  while (scanner.take(/and\b/y)) holds = readOne(scanner, python) && holds;
  return holds;
}

function readOne(scanner: Scanner, python: string | undefined): boolean {
  if (!scanner.take(/\(/y)) return readComparison(scanner, python);
  const holds = readMarker(scanner, python);
  if (!scanner.take(/\)/y)) throw new Error("a parenthesis of its environment marker is not closed");
  return holds;
}

function readComparison(scanner: Scanner, python: string | undefined): boolean {
  const left = readTerm(scanner, python);
  const operator = scanner.take(/===|==|~=|!=|<=|>=|<|>|in\b|not\s+in\b/y);
  if (operator === undefined) throw unexpected(scanner, "an operator");
  const right = readTerm(scanner, python);
  if (left === undefined || right === undefined) return true;
  if (operator === "in") return right.includes(left);
  if (operator.startsWith("not")) return !right.includes(left);
  const specifier = { operator, version: right };
  if (isVersion(left) && specifierProblem(specifier) === undefined) return admits(specifier, left);
  if (operator === "!=") return left !== right;
  return operator.startsWith("==") && left === right;
}

/** The value of a variable or of a quoted text; undefined where it is not known. */
function readTerm(scanner: Scanner, python: string | undefined): string | undefined {
  const quoted = scanner.take(/'[^']*'|"[^"]*"/y);
  if (quoted !== undefined) return quoted.slice(1, -1);
  const name = scanner.take(variable)?.replace(".", "_");
  if (name === undefined) throw unexpected(scanner, "a variable, or a text in quotes,");
  if (name === "python_version") return python?.split(".").slice(0, 2).join(".");
  if (name === "python_full_version" || name === "implementation_version") return python;
  return jobContainer[name === "python_implementation" ? "platform_python_implementation" : name];
}

function unexpected(scanner: Scanner, wanted: string): Error {
  return new Error(`its environment marker has ${JSON.stringify(scanner.rest())} where ${wanted} should be`);
}
