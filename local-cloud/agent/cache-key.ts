import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { posix } from "node:path";
import { minimatch } from "minimatch";
import type { Workspace } from "./workspace";

/** What a cache's key is computed from: files of the job, and where to say what each part of it is. */
export interface KeySurroundings {
  workspace: Pick<Workspace, "paths" | "filesBelow" | "hostPath" | "exists">;
  line: (text: string) => void;
}

/** A key's or a restore key's parts. */
export function segmentsOf(key: string): string[] {
  return key.split("|").flatMap((segment) => segment.trim() || []);
}

/**
 * A key as caches are found by it: what names files stands for what is in them
 * (FingerprintCreator of microsoft/azure-pipelines-agent).
 *
 * @throws Error in the agent's words
 */
export function resolveKey(segments: readonly string[], surroundings: KeySurroundings): string[] {
  for (const segment of segments) requireAllowed(segment);
  const missing: string[] = [];
  const resolved = segments.map((segment) => {
    if (!namesFiles(segment)) {
      surroundings.line(` - ${segment} [string]`);
      return segment;
    }
    const files = filesOf(segment, surroundings.workspace);
    const isPattern = /[*?[\]]/.test(segment) || files.length > 1;
    const found = isPattern ? `[file pattern; matches: ${files.length}]` : `[file] ${files[0]?.hash ?? "(not found)"}`;
    surroundings.line(` - ${segment} ${found}`);
    if (files.length === 0) {
      missing.push(isPattern ? `No matching files found for pattern: ${segment}` : `File not found: ${segment}`);
    }
    return hashOf(files);
  });
  if (missing.length > 0) throw new Error(missing.join("\n"));
  return resolved;
}

function requireAllowed(segment: string): void {
  if (segment === "*") throw new Error("`*` is a reserved key segment. For path glob, use `./*`.");
  if (segment === "**") throw new Error("`**` is a reserved key segment. For path glob, use `./**`.");
  if (segment.startsWith("'")) throw new Error("A key segment cannot start with a single-quote character`.");
  if (segment.startsWith("`")) throw new Error("A key segment cannot start with a backtick character`.");
}

function namesFiles(segment: string): boolean {
  if (/^".*"$/s.test(segment)) return false;
  return /[./]/.test(segment) && !segment.endsWith(".");
}

interface HashedFile {
  shown: string;
  size: number;
  hash: string;
}

function filesOf(segment: string, workspace: KeySurroundings["workspace"]): HashedFile[] {
  const { sources, workspace: root } = workspace.paths;
  const rules = segment.split(",").flatMap((rule) => rule.trim() || []);
  const absolute = (rule: string) => posix.resolve(sources, rule);
  const included = rules.filter((rule) => !rule.startsWith("!")).map(absolute);
  const excluded = rules.filter((rule) => rule.startsWith("!")).map((rule) => absolute(rule.slice(1)));
  if (included.length === 0) throw new Error("No include rules specified.");
  const matches = (path: string, pattern: string) => minimatch(path, pattern, { dot: true, nobrace: true });
  const found = included.flatMap((pattern) => candidates(pattern, workspace).filter((path) => matches(path, pattern)));
  return [...new Set(found)]
    .filter((path) => !excluded.some((pattern) => matches(path, pattern)))
    .sort()
    .map((path) => {
      const file = workspace.hostPath(path);
      const hash = createHash("sha256").update(readFileSync(file)).digest("hex").toUpperCase();
      return { shown: posix.relative(root, path), size: statSync(file).size, hash };
    });
}

/** The files that a pattern is matched with: those of one folder, unless it has `**`. */
function candidates(pattern: string, workspace: KeySurroundings["workspace"]): string[] {
  const wildcard = pattern.search(/[*?[\]]/);
  const folder = wildcard < 0 ? posix.dirname(pattern) : pattern.slice(0, pattern.lastIndexOf("/", wildcard)) || "/";
  if (!workspace.exists(folder)) return [];
  const files = workspace.filesBelow(folder);
  return pattern.includes("**") ? files : files.filter((file) => posix.dirname(file) === folder);
}

function hashOf(files: readonly HashedFile[]): string {
  const text = files.map(({ shown, size, hash }) => `\nSHA256(${shown})=[${size}]${hash}`).join("");
  return createHash("sha256").update(text).digest("base64");
}
