import { chmodSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { types } from "node:util";
import { messageOf, UserError } from "./errors";

/** What the codes of Node's errors mean for a file that is to be read. */
const reasons: Record<string, string> = {
  EISDIR: "it is a folder",
  EACCES: "this user may not read it",
  EPERM: "this user may not read it",
};

/**
 * A text file's content, with its byte order mark if it has one.
 *
 * @returns undefined if there is no such file
 * @throws UserError if it cannot be read, or is not UTF-8: what is read here may be written back
 */
export function readText(path: string): string | undefined {
  const bytes = readBytes(path);
  if (bytes === undefined) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const encoding = isUtf16(bytes)
      ? `it is UTF-16 text, as PowerShell's > writes it (make it UTF-8: (Get-Content ${path}) | Set-Content -Encoding utf8 ${path})`
      : "it is not UTF-8 text";
    throw new UserError(`${path} cannot be read: ${encoding}`);
  }
}

/** By its byte order mark. */
function isUtf16(bytes: Buffer): boolean {
  return ["fffe", "feff"].includes(bytes.toString("hex", 0, 2));
}

function readBytes(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code, message } =
      types.isNativeError(error) && "code" in error ? error : { code: "", message: String(error) };
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new UserError(`${path} cannot be read: ${reasons[String(code)] ?? message}`);
  }
}

/**
 * Gives a file another content, so that whoever reads it meanwhile has the old or the new one. A link still leads to
 * it, and its mode stays.
 *
 * @throws UserError if it cannot be written
 */
export function replaceText(path: string, text: string): void {
  const file = realpathSync(path);
  try {
    writeInOneStep(file, text, statSync(file).mode);
  } catch (error) {
    throw new UserError(`${path} cannot be written: ${messageOf(error)}`);
  }
}

/**
 * Writes a file, so that whoever reads it meanwhile has the old or the new one, and a process that is killed leaves the
 * old one. In the place of a link comes a file.
 *
 * @param path in a folder that is there
 * @param mode who may do what with it, whatever the umask; by default as any new file
 * @throws Error of Node's if it cannot be written
 */
export function writeInOneStep(path: string, content: string | Buffer, mode?: number): void {
  // Of this process, since another one may be writing the same file.
  const next = `${path}.${process.pid}.new`;
  try {
    writeFileSync(next, content, { mode });
    if (mode !== undefined) chmodSync(next, mode);
    renameSync(next, path);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
}
