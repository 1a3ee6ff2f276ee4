import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { devNull } from "node:os";
import { text } from "node:stream/consumers";
import { UserError } from "../../src/common/errors";

/** Where Git works, and with what. */
export interface GitOptions {
  /** The directory it is run in. */
  cwd?: string;
  /** Settings for this command alone, by their names in Git's configuration. */
  config?: Record<string, string>;
  /** More environment variables. */
  env?: Record<string, string>;
}

/** A command that Git ended with an exit code that was not expected. */
export class GitFailure extends Error {
  constructor(
    args: readonly string[],
    readonly code: number | null,
    /** What it said on standard error. */
    readonly said: string,
  ) {
    super(`git ${args.join(" ")} failed with exit code ${code}: ${said.trim()}`);
  }
}

/**
 * The environment of a Git that knows nothing of this machine and its user: no settings, no hooks and no credentials of
 * theirs, no repository that variables lead to. It asks nobody anything.
 *
 * The settings are in variables, as the environment of a process is its owner's alone and its arguments are everybody's.
 */
export function gitEnvironment({ config = {}, env = {} }: GitOptions = {}): NodeJS.ProcessEnv {
  // The directories are the local cloud's own, whoever they belong to.
  const settings = Object.entries({ "safe.directory": "*", "core.hooksPath": devNull, "gc.auto": "0", ...config });
  return {
    PATH: process.env.PATH,
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: devNull,
    GIT_TERMINAL_PROMPT: "0",
    GIT_LITERAL_PATHSPECS: "1",
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([name, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, name],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
    ...env,
  };
}

/**
 * Runs git to its end, which has to be near: nothing else happens meanwhile.
 *
 * @param options `codes`: the exit codes that are no failure. Default: 0
 * @throws GitFailure with any other, UserError if there is no git
 */
export function git(
  args: readonly string[],
  { codes = [0], input, ...options }: GitOptions & { input?: string | Buffer; codes?: readonly number[] } = {},
): { code: number; output: Buffer } {
  const { error, status, stdout, stderr } = spawnSync("git", args, {
    cwd: options.cwd,
    env: gitEnvironment(options),
    input,
    maxBuffer: Number.POSITIVE_INFINITY,
  });
  if (error !== undefined && "code" in error && error.code === "ENOENT" && status === null) throw noGit(options.cwd);
  if (status === null || !codes.includes(status)) throw new GitFailure(args, status, stderr?.toString() ?? "");
  return { code: status, output: stdout };
}

/** Starts a program of Git's. */
export function startGit(program: string, args: readonly string[], options: GitOptions & Pick<SpawnOptions, "signal">) {
  const { cwd, signal } = options;
  return spawn(program, args, { cwd, signal, env: gitEnvironment(options), stdio: ["pipe", "pipe", "pipe"] });
}

/**
 * Waits for the end of a git that was started.
 *
 * @throws GitFailure unless it succeeds, UserError if there is no git
 */
export async function succeeded(child: ChildProcess, args: readonly string[]): Promise<void> {
  const said = child.stderr === null ? "" : text(child.stderr);
  const [code] = await once(child, "close").catch((error) => {
    throw error.code === "ENOENT" ? noGit(undefined) : error;
  });
  if (code !== 0) throw new GitFailure(args, code, await said);
}

function noGit(cwd: string | undefined): UserError {
  return new UserError(
    `there is no git on PATH${cwd === undefined ? "" : `, or no directory ${cwd}`}. Install it: apt-get install git`,
  );
}
