import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeInOneStep } from "../../src/common/files";
import type { Layout } from "../cloud/layout";
import { programArguments } from "../package/files";

/** The helper's name in Docker's configuration; its program is `docker-credential-<name>` on PATH. */
const helper = "job-container";

/**
 * Writes the local cloud's Docker configuration: every tool that reads it (docker, BuildKit, `job-container check image`) signs in to
 * the local Azure container registries as the operator, at the moment of use, and to nothing else. No login is in it.
 */
export function installDockerLogin(layout: Layout): void {
  write(join(layout.docker, "config.json"), `${JSON.stringify({ credsStore: helper }, null, 2)}\n`, 0o600);
  write(join(layout.dockerBin, `docker-credential-${helper}`), launcher(layout.directory), 0o755);
}

/** docker-build asks for the list of logins at each start, before anything else: it gets none, without waiting for Node. */
function launcher(directory: string): string {
  const words = ["node", ...programArguments("docker-login/helper"), directory].map(quoted).join(" ");
  return `#!/bin/sh\nif [ "$1" = list ]; then echo '{}'; else exec ${words} "$@"; fi\n`;
}

function write(file: string, content: string, mode: number): void {
  mkdirSync(dirname(file), { recursive: true });
  writeInOneStep(file, content, mode);
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
