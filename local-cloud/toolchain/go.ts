import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../src/common/errors";
import { type RunResult, run } from "../../src/common/run";
import { findProgram } from "./packages";

const neverStopped = new AbortController().signal;

/**
 * Makes sure that a Go which can build the given modules is on PATH.
 *
 * @param folders directories with a `go.mod`; the newest Go that one of them asks for is needed
 * @throws UserError when Go is missing, or is too old and cannot fetch a newer one by itself (`GOTOOLCHAIN`)
 */
export async function requireGo(folders: string[], env: NodeJS.ProcessEnv): Promise<void> {
  const needs = folders.map((folder) => ({
    folder,
    version: requiredGo(readFileSync(join(folder, "go.mod"), "utf8")),
  }));
  const newest = needs.sort((a, b) => compareVersions(b.version, a.version))[0];
  if (!newest) return;
  const needed = `Go ${newest.version} or newer is needed to build the toolchain`;
  const install = "Install it from https://go.dev/dl/ and put its bin directory on PATH.";
  // In the module's directory a Go since 1.21 switches to the version that go.mod asks for, or says that it may not.
  if (!findProgram("go", env)) throw new UserError(`${needed}, and there is no \`go\` on PATH. ${install}`);
  const { code, lines } = await run("go", ["env", "GOVERSION"], { cwd: newest.folder, env, signal: neverStopped });
  const version = lines.at(-1) ?? "";
  if (code !== 0) throw new UserError(`${needed}; the one on PATH says: ${version.replace(/^go: /, "")}. ${install}`);
  if (compareVersions(version, newest.version) < 0) {
    throw new UserError(`${needed}; the one on PATH is ${version}. ${install}`);
  }
}

/** The Go version that a `go.mod` asks for, like `1.26.0`. */
export function requiredGo(goMod: string): string {
  return /^go (\S+)$/m.exec(goMod)?.[1] ?? "1.0";
}

/** Orders Go versions, with or without `go` in front; negative when `a` is older. A release candidate is its release. */
export function compareVersions(a: string, b: string): number {
  const numbers = (version: string) => (/\d+(\.\d+)*/.exec(version)?.[0] ?? "0").split(".").map(Number);
  const [left, right] = [numbers(a), numbers(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Why Go failed, for a person: what happened, what to do, and the lines that say it. */
export function explainGoFailure({ lines, code }: RunResult): string {
  const said = lines.filter((line) => !isNews(line)).slice(-10);
  const text = said.join("\n");
  const [what, advice] = causes.find(([pattern]) => pattern.test(text))?.slice(1) ?? [reasonOf(code), again];
  return [`${what}. ${advice}`, ...said.map((line) => `    ${line}`)].join("\n");
}

/** What Go is doing, from a line of `go build -v`: it names what it downloads, and each package that it has compiled. */
export function newsOf(line: string): "downloading" | "compiled" | undefined {
  if (line.startsWith("go: downloading ")) return "downloading";
  return /^[\w.~/-]+$/.test(line) ? "compiled" : undefined;
}

function reasonOf(code: RunResult["code"]): string {
  return typeof code === "string" ? `Go did not end by itself (${code})` : "Go reported an error";
}

function isNews(line: string): boolean {
  return newsOf(line) !== undefined || line.startsWith("go: finding ") || line.trim() === "";
}

const again = "Run the same command again when that is fixed: what was downloaded and compiled so far is kept.";

const causes: [pattern: RegExp, what: string, advice: string][] = [
  [/no space left on device/, "the disk is full", `Make room for 8 GB in the toolchain's cache. ${again}`],
  [
    /checksum mismatch|SECURITY ERROR/,
    "a Go module is not the one that go.sum names",
    "Do not go on before you know why.",
  ],
  [
    /unexpected EOF|not a valid zip|connection reset|connection refused|i\/o timeout|no such host|TLS handshake|Client\.Timeout|network is unreachable|server misbehaving|proxyconnect|: EOF$|\b(429|50\d) /m,
    "the download of a Go module was cut off or its server is out of reach",
    "Run the same command again when the network is back (modules come from `go env GOPROXY`): it goes on from where it was.",
  ],
  [
    /\b(404 Not Found|410 Gone)\b/,
    "a Go module is not served",
    "Modules come from `go env GOPROXY`: choose one that has it.",
  ],
  [
    /signal: killed|out of memory|cannot allocate memory/,
    "the machine ran out of memory",
    `2 GB free are needed. ${again}`,
  ],
];
