import { normalizePipName } from "./package-names";

/** What pip installs of a lock: a requirement that one archive answers, or some of one version. */
export interface LockedRequirement {
  /** By PEP 503. */
  name: string;
  /** Undefined where the requirement is a URL, or was not solved. */
  version?: string;
  /** Where it is from, if it is not an index. */
  url?: string;
  /** SHA-256, in hex, of each archive that may be installed. */
  hashes: string[];
  /** Without its hashes. */
  text: string;
  line: number;
}

/** A line of a lock file that is for pip, the mark before it left out. */
export interface PipLockLine {
  text: string;
  line: number;
}

/**
 * Reads lines for pip, as `uv pip compile --generate-hashes` writes them: a requirement's hashes are on lines of their
 * own, each line but the last of which ends with a backslash. Options (`--index-url …`) are left out.
 */
export function readRequirements(lines: PipLockLine[]): LockedRequirement[] {
  const requirements: LockedRequirement[] = [];
  let begun: PipLockLine | undefined;
  for (const { text, line } of lines) {
    const whole = { text: `${begun?.text ?? ""} ${text.replace(/\\$/, "")}`.trim(), line: begun?.line ?? line };
    begun = text.endsWith("\\") ? whole : undefined;
    if (begun === undefined && whole.text !== "" && !whole.text.startsWith("-")) requirements.push(readOne(whole));
  }
  return requirements;
}

function readOne({ text, line }: PipLockLine): LockedRequirement {
  const hashes = [...text.matchAll(/--hash=sha256:([\da-f]{64})(?=\s|$)/g)].map(([, hash = ""]) => hash);
  const requirement = text.replaceAll(/\s+--hash=\S+/g, "");
  const form = /^([a-z\d][\w.-]*?)(?:\[[^\]]*\])?\s*(?:==\s*([^\s=*;]+)|@\s*(\S+))?$/i;
  const [, name, version, url] = form.exec(requirement) ?? [];
  return {
    name: normalizePipName(name ?? /^[\w.-]*/.exec(requirement)?.[0] ?? ""),
    ...(version !== undefined && { version }),
    ...(url !== undefined && { url }),
    hashes,
    text: requirement,
    line,
  };
}
