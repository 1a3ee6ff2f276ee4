/** Which PyPI project each conda package belongs to. */
export interface Table {
  /** The packages of the project that has their name, by PEP 503. Most are. */
  same: readonly string[];
  /** The project of the others, by the conda package's name; null: it is not the project of its name. */
  other: ReadonlyMap<string, string | null>;
}

const head = `\
# The packages of conda-forge and the PyPI project that each belongs to. Made by \`npm run package-names\`.
# A line is a conda package's name, then the project's name where it is another one, or "-" where the package is not
# the project of its name. Source: https://github.com/prefix-dev/parselmouth (BSD-3-Clause).
`;

/** The table as text: one package a line, sorted by code point, so that a newer one differs in few lines. */
export function formatTable({ same, other }: Table): string {
  const lines = [...same, ...[...other].map(([conda, project]) => `${conda} ${project ?? "-"}`)];
  return `${head}${lines.sort().join("\n")}\n`;
}

/** The packages of the project that has their name, read from a table's text. */
export function readSame(text: string): Table["same"] {
  return text.match(/^[^#\s]\S*$/gm) ?? [];
}

/** Whether a package is one of those of the project that has their name, without a look at the others. */
export function hasSame(text: string, conda: string): boolean {
  return text.includes(`\n${conda}\n`);
}

/** The other packages, read from a table's text. These are few, and found without a look at each of the rest. */
export function readOther(text: string): Table["other"] {
  const lines = text.matchAll(/^([^#\s]\S*) (\S+)$/gm);
  return new Map([...lines].map(([, conda = "", project = ""]) => [conda, project === "-" ? null : project]));
}
