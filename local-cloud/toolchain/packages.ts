import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { UserError } from "../../src/common/errors";
import { run } from "../../src/common/run";
import type { PartContext } from "./part";

/** Debian packages that the local cloud runs, each with a program of the same name. */
export const systemPackages = ["runc", "debootstrap"];

/** The full path of a program, searched on PATH and, because a plain user's PATH lacks them, in the `sbin` directories. */
export function findProgram(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const directories = [...(env.PATH ?? "").split(delimiter), "/usr/local/sbin", "/usr/sbin", "/sbin"];
  return directories.map((directory) => join(directory, name)).find(isExecutable);
}

/** @throws UserError unless this process may install Debian packages, with what to do instead. */
export function requirePackageManager(packages: string[], env: NodeJS.ProcessEnv, userId = process.getuid?.()): void {
  const missing = `${packages.join(" and ")} ${packages.length > 1 ? "are" : "is"} not installed`;
  if (!findProgram("apt-get", env)) {
    throw new UserError(
      `${missing}, and this is not a Debian system (there is no apt-get). Install ${packages.join(" and ")} ` +
        "with this system's package manager, or work in the devcontainer that the project defines.",
    );
  }
  if (userId !== 0) {
    throw new UserError(
      `${missing}, and only root can do that. Run this as root, or first: sudo apt-get install ${packages.join(" ")}`,
    );
  }
}

/** Installs Debian packages. @throws UserError with what apt-get said. */
export async function installPackages(packages: string[], cache: string, context: PartContext): Promise<void> {
  const apt = "apt-get -q -o DPkg::Lock::Timeout=300";
  const script = `${apt} update && ${apt} -y --no-install-recommends install ${packages.join(" ")}`;
  // The lock makes a second toolchain run wait instead of failing on apt's own locks.
  const { code, lines } = await run("flock", [join(cache, ".apt.lock"), "sh", "-c", script], {
    env: { ...context.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" },
    signal: context.signal,
    line: context.detail,
  });
  if (code === 0) return;
  const said = lines.filter((line) => /^[EW]: /.test(line)).slice(-4);
  throw new UserError(
    [
      `apt-get could not install ${packages.join(" and ")}:`,
      ...said.map((line) => `    ${line}`),
      "Fix that and run the command again.",
    ].join("\n"),
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
