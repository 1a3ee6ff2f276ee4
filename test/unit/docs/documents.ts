import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** The repository's root. */
export const root = resolve(__dirname, "../../..");

/** The documents that people read, by their paths from the root. */
export const documents = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "local-cloud/README.md",
  "sdks/README.md",
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

export function textOf(document: string): string {
  return readFileSync(join(root, document), "utf8");
}

/** A text without its blocks of code: what looks like Markdown in them is none. */
function prose(text: string): string {
  return text.replace(/^( *)```.*?^\1```$/gms, "");
}

/** The anchors that GitHub gives to a text's headings. */
function anchorsOf(text: string): string[] {
  return [...prose(text).matchAll(/^#+ +(.+)$/gm)].map(([, heading = ""]) =>
    heading
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/**
 * The relative links of a document that lead to no file, or to no heading of one.
 *
 * @param document its path from the root
 */
export function brokenLinks(document: string, text = textOf(document)): string[] {
  const targets = [...prose(text).matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = ""]) => target);
  return targets.filter((target) => {
    if (/^[a-z]+:/.test(target)) return false;
    const [path = "", anchor] = target.split("#");
    const file = path === "" ? document : join(dirname(document), path);
    if (!existsSync(join(root, file))) return true;
    return anchor !== undefined && !anchorsOf(path === "" ? text : textOf(file)).includes(anchor);
  });
}

/** The scripts of package.json that a text runs. */
export function scriptsIn(text: string): string[] {
  return [...text.matchAll(/\bnpm run (?:-s |--silent )?([a-z][\w:-]*)/g)].map(([, name = ""]) => name);
}

/** What a text has `npx job-container` do: the two words after it, or the one. */
export function verbsIn(text: string): string[] {
  return [...text.matchAll(/\bnpx job-container ([a-z]+(?: [a-z]+)?)/g)].map(([, verb = ""]) => verb);
}

/** The files and folders of this repository that a text names by their paths from the root and that do not exist. */
export function missingPaths(text: string): string[] {
  const paths = [
    ...text.matchAll(/`((?:components|docker|docs|local-cloud|pipelines|policy|sdks|src|test)\/[\w./-]*)`/g),
  ];
  return paths.flatMap(([, path = ""]) => (existsSync(join(root, path)) ? [] : [path]));
}
