/**
 * Says what a long command is doing: which part, how many there are, how long each has taken. On a terminal the
 * running parts are one line that is rewritten every second; elsewhere (a log) a part is a line when it starts, when
 * it ends, and every 30 seconds in between, so that a build of minutes never looks like a hang.
 */
export class Progress {
  private readonly began = Date.now();
  private readonly running = new Map<string, { since: number; detail: string }>();
  private finished = 0;
  private timer: NodeJS.Timeout | undefined;
  /** Says how far all of it is, where that is known better than by the number of parts. */
  outlook: () => string | undefined = () => undefined;

  /** @param total how many parts there are, for "2/7". */
  constructor(
    private readonly total: number,
    private readonly out: NodeJS.WriteStream = process.stderr,
  ) {}

  /** Runs one part under its name; `detail` may be called with what it is doing just now. Errors pass through. */
  async part<T>(name: string, action: (detail: (text: string) => void) => Promise<T>): Promise<T> {
    const entry = { since: Date.now(), detail: "" };
    this.running.set(name, entry);
    if (!this.out.isTTY) this.line(`… ${name}`);
    this.timer ??= setInterval(() => this.tick(), this.out.isTTY ? 1000 : 30_000);
    try {
      const result = await action((text) => {
        entry.detail = text;
      });
      this.finished += 1;
      this.end(name, `✓ ${name} (${this.finished}/${this.total}, ${elapsed(entry.since)})`);
      return result;
    } catch (error) {
      this.end(name, `✗ ${name} (${elapsed(entry.since)})`);
      throw error;
    }
  }

  /** Says something once, without disturbing the line that is rewritten. */
  note(text: string): void {
    this.line(text);
  }

  private end(name: string, text: string): void {
    this.running.delete(name);
    if (this.running.size === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
    this.line(text);
  }

  private tick(): void {
    const parts = [...this.running].map(([name, { since, detail }]) =>
      [name, elapsed(since), detail].filter((text) => text !== "").join(" "),
    );
    const far = this.outlook() ?? `${this.total - this.finished} of ${this.total} left`;
    const text = `… ${far}, ${elapsed(this.began)}: ${parts.join("; ")}`;
    if (this.out.isTTY) this.out.write(`\r\x1b[K${text.slice(0, this.out.columns - 1)}`);
    else this.line(text);
  }

  private line(text: string): void {
    this.out.write(`${this.out.isTTY ? "\r\x1b[K" : ""}${text}\n`);
  }
}

/** Minutes and seconds since a moment: `3:07`. */
function elapsed(since: number): string {
  const seconds = Math.round((Date.now() - since) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
