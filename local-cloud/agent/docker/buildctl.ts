import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { env } from "node:process";
import { createInterface } from "node:readline";
import type { Writable } from "node:stream";
import type { SignedIn } from "../connection";
import { dockerConfig } from "./config";

/** BuildKit as a job of the agent's uses it. */
export interface Builder {
  /** The `buildctl` program. */
  buildctl: string;
  /** `tcp://host:port` */
  address: string;
}

export interface BuildOptions {
  /** Of `buildctl build`, the frontend left out. */
  args: string[];
  /** A directory of this build's own: it gets the registries' sign-ins, in Docker's form. */
  directory: string;
  logins: Iterable<SignedIn>;
  signal: AbortSignal;
  /** Told each line of its progress. */
  line: (text: string) => void;
  /** Gets what is built, where the output is `-`. */
  output?: Writable;
}

/**
 * Builds a Dockerfile.
 *
 * @returns the exit code
 */
export async function build({ buildctl, address }: Builder, options: BuildOptions): Promise<number> {
  const { args, directory, logins, signal, line, output } = options;
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "config.json"), dockerConfig(logins), { mode: 0o600 });
  const child = spawn(
    buildctl,
    ["--addr", address, "build", "--progress", "plain", "--frontend", "dockerfile.v0", ...args],
    {
      env: { PATH: env.PATH, DOCKER_CONFIG: directory },
      stdio: ["ignore", "pipe", "pipe"],
      signal,
      killSignal: "SIGINT",
    },
  );
  if (output === undefined) createInterface({ input: child.stdout }).on("line", line);
  else child.stdout.pipe(output);
  createInterface({ input: child.stderr }).on("line", line);
  return new Promise((resolve, reject) => {
    // An abort is an error as well, and the process ends a moment later.
    child.on("error", (error) => {
      if (!signal.aborted) reject(error);
    });
    child.on("close", (code) => resolve(code ?? 130));
  });
}
