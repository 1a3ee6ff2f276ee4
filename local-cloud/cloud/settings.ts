import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import * as z from "zod";
import { UserError } from "../../src/common/errors";
import { writeInOneStep } from "../../src/common/files";
import type { TeamRepository } from "../repository/team-repository";
import { defaultPort, type Layout } from "./layout";

/** What a local cloud keeps about itself. The file also marks its directory as a local cloud's. */
export interface CloudSettings {
  /** The base port. It is part of the addresses in the cloud's state, so it stays for the directory's life. */
  port: number;
  /** The personal access token that this local cloud's Azure DevOps accepts: random, worth nothing elsewhere. */
  personalAccessToken: string;
  /** The repository that its Azure DevOps began with. The stacks and pipelines in its state know it by that name. */
  repository: Pick<TeamRepository, "name" | "defaultBranch">;
}

const settingsForm: z.ZodType<CloudSettings> = z.object({
  port: z.int(),
  personalAccessToken: z.string(),
  repository: z.object({ name: z.string(), defaultBranch: z.string() }),
});

/**
 * The settings of a directory; nothing when there is no local cloud in it.
 * @throws UserError when the file of that name is not a local cloud's: other programs have a settings.json as well.
 */
export function readCloudSettings(layout: Layout): CloudSettings | undefined {
  if (!existsSync(layout.settings)) return undefined;
  try {
    return settingsForm.parse(JSON.parse(readFileSync(layout.settings, "utf8")));
  } catch {
    throw new UserError(
      `${layout.settings} is not the settings of a local cloud: it needs a port, a personalAccessToken and a repository. ` +
        "Nothing was changed. Name another directory with --directory; if this was a local cloud, or one of an older " +
        "version, end its processes and remove it by hand.",
    );
  }
}

/**
 * The settings that `up` goes by: those of the directory, or new ones, which are not written yet.
 * @param repository what a new local cloud is to serve
 * @param port the base port that was asked for; without one the directory's, or the default for a new directory.
 * @throws UserError when another port was asked for than the directory has, or the directory is something else's.
 */
export function settingsFor(
  layout: Layout,
  { name, defaultBranch }: TeamRepository,
  port: number | undefined,
): CloudSettings {
  const existing = readCloudSettings(layout);
  if (existing === undefined) {
    requireEmpty(layout.directory);
    const repository = { name, defaultBranch };
    return { port: port ?? defaultPort, personalAccessToken: newPersonalAccessToken(), repository };
  }
  if (port !== undefined && port !== existing.port) {
    throw new UserError(
      `--port ${port} does not fit the local cloud in ${layout.directory}, which has the base port ${existing.port}: ` +
        "its state holds addresses with that port. Leave --port out, name another --directory, or `reset` this one.",
    );
  }
  return existing;
}

/** Writes the settings. They hold a token, and the state beside them holds secrets: the directory is its owner's only. */
export function writeCloudSettings(layout: Layout, settings: CloudSettings): void {
  mkdirSync(layout.directory, { recursive: true });
  chmodSync(layout.directory, 0o700);
  writeInOneStep(layout.gitIgnore, "*\n");
  writeInOneStep(layout.settings, `${JSON.stringify(settings, null, 2)}\n`, 0o600);
}

function requireEmpty(directory: string): void {
  if (!existsSync(directory)) return;
  if (!statSync(directory).isDirectory()) {
    throw new UserError(
      `${directory} (option --directory) is a file. Name a directory that is empty, or does not exist yet.`,
    );
  }
  const other = readdirSync(directory).filter((name) => name !== "lock" && name !== ".gitignore");
  if (other.length === 0) return;
  throw new UserError(
    `the directory ${directory} (option --directory) holds other files (${other.slice(0, 3).join(", ")}${other.length > 3 ? ", …" : ""}) ` +
      "and no local cloud. Name an empty directory, or one that does not exist yet.",
  );
}

/** 52 characters of base32, as Azure DevOps makes them. */
function newPersonalAccessToken(): string {
  const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
  return [...randomBytes(52)].map((byte) => alphabet[byte % alphabet.length]).join("");
}
