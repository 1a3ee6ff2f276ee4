/**
 * How much of the compiling is done, and how long the rest will probably take, by the number of Go packages. Parts share
 * what they compile: a package of the same version counts once.
 */
export class Outlook {
  /** Of each part that is listed, its packages' names with their versions, by their names. */
  private readonly parts = new Map<string, Map<string, string>>();
  private readonly done = new Set<string>();
  private began: number | undefined;

  /** @param expected how many parts there are: nothing is said before all are listed. */
  constructor(
    private readonly expected: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** @param packages what the part has to compile, as `path@version`. */
  listed(part: string, packages: string[]): void {
    this.parts.set(part, new Map(packages.map((name) => [name.slice(0, name.indexOf("@")), name])));
  }

  compiled(part: string, path: string): void {
    this.began ??= this.now();
    const name = this.parts.get(part)?.get(path);
    if (name !== undefined) this.done.add(name);
  }

  /** All of a part's packages are there, also those that Go says nothing of. */
  finished(part: string): void {
    for (const name of this.parts.get(part)?.values() ?? []) this.done.add(name);
  }

  /** Like `62 % compiled, about 3 min left`; undefined while there is nothing to go by. */
  text(): string | undefined {
    if (this.parts.size < this.expected || this.began === undefined) return;
    const all = new Set([...this.parts.values()].flatMap((packages) => [...packages.values()]));
    const share = this.done.size / all.size;
    const percent = `${Math.floor(100 * share)} % compiled`;
    if (!(share >= 0.05)) return;
    if (share === 1) return percent;
    const minutes = Math.ceil((((this.now() - this.began) / share) * (1 - share)) / 60_000);
    return `${percent}, ${minutes === 1 ? "less than a minute" : `about ${minutes} min`} left`;
  }
}
