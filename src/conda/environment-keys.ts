/** The keys of a conda environment file. Source: CEP 24, and `VALID_KEYS` in conda's conda/env/env.py. */
const keys = ["name", "channels", "dependencies", "prefix", "variables"];

export interface KeyProblem {
  message: string;
  /** The key that was meant; absent if it is another program's. */
  meant?: string;
}

/**
 * What is wrong with a key of a conda environment file, if anything is; conda takes no notice of keys that it does not
 * know, of which conda-lock and others have some (`platforms`, `category`).
 */
export function keyProblem(key: string): KeyProblem | undefined {
  if (keys.includes(key)) return undefined;
  if (key === "pip") {
    return { meant: key, message: 'the pip section is an entry of the dependencies: write it there, as "- pip:"' };
  }
  const meant = keys.find((name) => distance(key.toLowerCase(), name) <= name.length / 3);
  const message = `conda takes no notice of the key "${key}"`;
  return meant === undefined ? { message } : { meant, message: `${message}: write "${meant}"` };
}

/** How many letters have to be added, removed or changed. */
function distance(one: string, two: string): number {
  let row = Array.from({ length: two.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...two].entries()) {
      const changed = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(changed, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[two.length] ?? 0;
}
