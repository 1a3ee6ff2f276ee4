/** Reads a text from its beginning, piece by piece. */
export class Scanner {
  private position = 0;

  constructor(private readonly text: string) {}

  /** What a sticky expression matches here, behind any space; undefined if it matches nothing. */
  take(expression: RegExp): string | undefined {
    this.skipSpace();
    expression.lastIndex = this.position;
    const found = expression.exec(this.text)?.[0];
    if (found !== undefined) this.position += found.length;
    return found;
  }

  /** What is not read yet, without the space in front of it. */
  rest(): string {
    this.skipSpace();
    return this.text.slice(this.position);
  }

  private skipSpace(): void {
    while (/\s/.test(this.text.charAt(this.position))) this.position++;
  }
}
