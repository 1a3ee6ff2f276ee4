import { isPackageName, parsePackageName, simpleSolve, Version, VersionSpec } from "@conda-org/rattler";
import { messageOf } from "../common/errors";
import type { Constraint } from "./constraint";

/** A conda package specification: `channel::name version build`. */
export interface MatchSpec {
  /** In lower case. */
  name: string;
  channel?: string;
  /** The pattern that the build must match. */
  build?: string;
  constraint: Constraint;
}

const parsed = new Map<string, Promise<MatchSpec>>();

/**
 * Reads a conda package specification, as conda and micromamba understand it:
 * https://docs.conda.io/projects/conda/en/stable/user-guide/concepts/pkg-specs.html
 *
 * @throws Error that says why it is none
 */
export function parseMatchSpec(text: string): Promise<MatchSpec> {
  const known = parsed.get(text) ?? parse(text);
  parsed.set(text, known);
  return known;
}

async function parse(text: string): Promise<MatchSpec> {
  const [, channel, specification = ""] = /^(?:([^\s[=<>!~]+)::)?(.*)$/s.exec(text.trim()) ?? [];
  requireReadable(specification);
  const { version, build } = await canonical(specification);
  if (build !== undefined && /^[<>=!~]/.test(build)) {
    throw new Error(`conda takes "${build}" for a build: write a comma between two versions, and no space`);
  }
  return {
    name: parsePackageName(nameIn(specification)).toLowerCase(),
    ...(channel !== undefined && { channel }),
    ...(build !== undefined && { build }),
    constraint: condaConstraint(version),
  };
}

/** What rattler does not return an error for, but ends the process: a channel, and a pattern for a name. */
function requireReadable(specification: string): void {
  const name = nameIn(specification);
  if (name === "") throw new Error("it names no package");
  if (!isPackageName(name)) {
    throw new Error(`"${name}" is not the name of a package, which has letters, digits, ".", "_" and "-"`);
  }
  if (/\[.*\bchannel\s*=/.test(specification)) throw new Error("write its channel in front of it: channel::package");
}

function nameIn(specification: string): string {
  return /^[^\s[=<>!~]*/.exec(specification)?.[0] ?? "";
}

/**
 * A specification's version and build in rattler's own notation. Its JavaScript binding has no parser for
 * specifications, but its solver, asked for one package of no channel, reads the specification and says what it did
 * not find.
 */
async function canonical(specification: string): Promise<{ version: string; build?: string }> {
  const reason = await simpleSolve([specification], [], [], []).then(
    () => "",
    (error: unknown) => messageOf(error).trim(),
  );
  const [, version, build] = /No candidates were found for \S+ ([^\s[]+)(?: ([^\s[]+))?.*\.$/s.exec(reason) ?? [];
  if (version === undefined) throw new Error(reason);
  return { version, ...(build !== undefined && { build }) };
}

function condaConstraint(text: string): Constraint {
  if (text === "*")
    return { text: "", versions: [], pinned: false, accepts: (version) => versionOf(version) !== undefined };
  const specification = new VersionSpec(text);
  const clauses = text.split(/[,|]/);
  return {
    text,
    versions: clauses.map((clause) => clause.replace(/^[=<>!~]+|\.\*$/g, "")).filter((version) => versionOf(version)),
    pinned: !text.includes("|") && clauses.some((clause) => /^(?:==|~=)|^[^<>!].*\.\*$/.test(clause)),
    accepts: (text) => {
      const version = versionOf(text);
      return version !== undefined && specification.matches(version);
    },
  };
}

function versionOf(text: string): Version | undefined {
  try {
    return new Version(text);
  } catch {
    return undefined;
  }
}
