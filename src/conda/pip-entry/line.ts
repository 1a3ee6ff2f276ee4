import { isPath, isUrl, readLink } from "./link";
import { type PipOption, parsePipOptions } from "./options";
import { parseRequirement, type Requirement } from "./requirement";

/** A line of a pip section, which is a line of a requirements file. */
export type PipLine =
  | PipPackage
  /** Options of pip (`--index-url …`), which name no package. */
  | { kind: "options"; options: PipOption[] }
  /** Packages that are somewhere else, or that only a build would tell the name of. */
  | { kind: "elsewhere"; name?: string; advice: string };

export interface PipPackage extends Requirement {
  kind: "package";
  /** The options behind it that pip heeds there (`--hash=…`), as they are written. */
  options?: string;
}

/**
 * Reads a line of a pip section: https://pip.pypa.io/en/stable/reference/requirements-file-format/
 * Source of the details: pip's req/req_file.py and req/constructors.py.
 *
 * @param python the environment's Python, if it is known: environment markers ask for it
 * @throws Error that says why pip would refuse it
 */
export function parsePipLine(text: string, python: string | undefined): PipLine {
  if (/[^\\]\n/.test(text.trim())) throw new Error("it is several lines: give each an entry of its own");
  const line = text
    .trim()
    .replaceAll(/\\\n/g, "")
    .replace(/(?:^|\s+)#.*$/, "");
  // Options begin at the first word with a dash: pip's `break_args_options`.
  const [, written = line, behind] = /^(|.*?\s)(-.*)$/s.exec(line) ?? [];
  const options = behind === undefined ? [] : parsePipOptions(behind);
  const requirement = written.trim();
  if (requirement !== "") {
    const heeded = options.some(({ name }) => /^--(?:hash|config-settings|global-option|install-option)$/.test(name));
    return readRequirement(requirement, python, heeded ? { options: behind } : {});
  }
  const list = options.find(({ name }) => name === "--requirement" || name === "--constraint");
  if (list !== undefined) return { kind: "elsewhere", advice: "list its packages here" };
  const editable = options.find(({ name }) => name === "--editable");
  return editable === undefined ? { kind: "options", options } : readRequirement(editable.value, python, {});
}

function readRequirement(text: string, python: string | undefined, options: { options?: string }): PipLine {
  if (text.includes("${") && !/^[^@]*@/.test(text) && !isUrl(text)) return behindVariable(text);
  if (!isUrl(text) && !isPath(text)) {
    const requirement = parseRequirement(text, python);
    const known = requirement.url === undefined ? {} : { constraint: readLink(requirement.url).constraint };
    return { kind: "package", ...requirement, ...known, ...options };
  }
  // Behind a URL a marker has a space in front of it: a URL may have a semicolon.
  const [link = "", ...marker] = text.split(isUrl(text) ? /\s+;/ : /\s*;/);
  const { name, constraint } = readLink(link.trim());
  if (name === undefined) {
    const advice =
      isUrl(text) && !/^file:/i.test(text)
        ? `write which package it is: name @ ${link.trim()}`
        : "list its packages here";
    return { kind: "elsewhere", advice };
  }
  const { installed, ...requirement } = parseRequirement([name, ...marker].join(" ;"), python);
  return { kind: "package", ...requirement, constraint, url: link.trim(), installed, ...options };
}

/** pip replaces `${NAME}` before it reads the line. */
function behindVariable(text: string): PipLine {
  const name = /^[a-z\d][\w.-]*(?=\s*[[=<>!~(])/i.exec(text)?.[0];
  return { kind: "elsewhere", ...(name !== undefined && { name }), advice: "write what the variable stands for" };
}
