/** Keeps secrets out of logs. */
export class Masker {
  private secrets: string[] = [];

  /** From now on this text does not appear; if it has several lines, none of them does. */
  add(secret: string): void {
    const parts = [secret, ...secret.split(/\r?\n/)].filter((part) => part.trim() !== "");
    // The longest first: a secret may be a part of another one.
    this.secrets = [...new Set([...this.secrets, ...parts])].sort((a, b) => b.length - a.length);
  }

  mask(text: string): string {
    return this.secrets.reduce((masked, secret) => masked.replaceAll(secret, "***"), text);
  }
}
