import { AzError } from "./command";

/**
 * Prints an answer as `--output` and `--query` say it.
 *
 * @param query of JMESPath, names with dots between them
 * @throws AzError for what az has and this one has not
 */
export function print(answer: unknown, output: string, query?: string): void {
  const value = query === undefined ? answer : select(answer, query);
  if (output === "none") return;
  if (output === "json") process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
  else if (output === "tsv") process.stdout.write(`${tsv(value)}\n`);
  else throw new AzError(`The local cloud's az does not print --output ${output}. It prints json, tsv and none.`, 2);
}

function select(answer: unknown, query: string): unknown {
  if (!/^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/.test(query)) {
    throw new AzError(
      `The local cloud's az takes names with dots between them for --query, and this is '${query}'.`,
      2,
    );
  }
  return query.split(".").reduce<unknown>((value, name) => {
    const found =
      typeof value === "object" && value !== null ? Object.entries(value).find(([key]) => key === name) : [];
    return found?.[1] ?? null;
  }, answer);
}

/** A line with a tab between values; what is no text or number has none of its own. */
function tsv(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(tsv).join("\n");
  if (typeof value !== "object") return String(value);
  return Object.values(value)
    .map((each) => (typeof each === "object" && each !== null ? "" : tsv(each)))
    .join("\t");
}
