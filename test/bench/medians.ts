/** How often each is measured. A round before these warms up and does not count. */
const rounds = 7;

/**
 * The median time that each of these takes, in seconds. They take turns, so that whatever else the machine does meets
 * all of them: what counts is the ratio of the medians.
 */
export async function mediansOf<Name extends string>(
  measured: Record<Name, () => Promise<unknown>>,
): Promise<Record<Name, number>> {
  const names = Object.keys(measured) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const seconds = await secondsOf(measured[name]);
      if (round > 0) times.get(name)?.push(seconds);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times.get(name) ?? [])])) as Record<Name, number>;
}

/** What was measured, how many seconds it took, and a note on it. */
export type Row = [name: string, seconds: number, note: string];

/** Prints a table of medians as `mediansOf` measures them. */
export function printMedians(title: string, rows: Row[]): void {
  printTimes(`${title}, medians of ${rounds} runs each`, rows);
}

/** Prints a table of times. */
export function printTimes(title: string, rows: Row[]): void {
  const lines = rows.map(([name, seconds, note]) => `  ${name.padEnd(42)}${seconds.toFixed(2)} s  ${note}`.trimEnd());
  process.stdout.write([title, ...lines, ""].join("\n"));
}

/** How many seconds it takes. */
export async function secondsOf(measured: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await measured();
  return (performance.now() - began) / 1000;
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
