import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** Where secrets are in what was written: `path: name of the secret`, each once. */
export type Places = string[];

/** Secrets by their names, in all forms in which programs write them: as they are, and as a password in Base64. */
export class Searcher {
  private readonly forms: [name: string, form: Buffer][];
  /** How they begin, which is the same for many: most files have none of these. */
  private readonly heads: Set<string>;

  constructor(secrets: Record<string, string>) {
    this.forms = Object.entries(secrets).flatMap(([name, secret]) =>
      [...new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), ...base64Of(secret)])].map(
        (form): [string, Buffer] => [name, Buffer.from(form)],
      ),
    );
    this.heads = new Set(this.forms.map(([, form]) => form.toString("latin1", 0, 5)));
  }

  /** @returns the names of the secrets that are in it */
  in(content: string | Buffer): string[] {
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    if (![...this.heads].some((head) => bytes.includes(head, 0, "latin1"))) return [];
    const found = this.forms.flatMap(([name, form]) => (bytes.includes(form) ? [name] : []));
    return [...new Set(found)];
  }

  /** Searches all files below a folder, unpacked where they are packed. Links are not followed. */
  below(folder: string, isLeftOut: (path: string) => boolean = () => false): Places {
    return readdirSync(folder).flatMap((name) => {
      const path = join(folder, name);
      const stat = lstatSync(path, { throwIfNoEntry: false });
      if (stat === undefined || isLeftOut(path)) return [];
      if (stat.isDirectory()) return this.below(path, isLeftOut);
      return stat.isFile() ? this.in(unpacked(readFileSync(path))).map((secret) => `${path}: ${secret}`) : [];
    });
  }
}

/** What of Base64 is the same wherever in a longer text the secret stands: its inner part at each of three offsets. */
function base64Of(secret: string): string[] {
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.from("x".repeat(offset) + secret).toString("base64");
    return encoded.slice(offset === 0 ? 0 : 4, encoded.length - 4);
  });
}

/** What is packed by gzip, unpacked; anything else as it is. */
export function unpacked(bytes: Buffer): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes);
  } catch {
    return bytes;
  }
}
