import { UserError } from "../../src/common/errors";
import { run } from "../../src/common/run";
import { runIsolated, type Work } from "./inside";

/**
 * The Debian mirror that this machine's apt uses. What apt knows of it comes with its package lists, so on a machine
 * without any (a fresh container) they are downloaded first.
 * @throws UserError when apt is set up for no Debian mirror.
 */
export async function findMirror(work: Work): Promise<string> {
  const known = await readMirror();
  if (known !== undefined) return known;
  await runIsolated(["apt-get", "-q", "update"], work);
  const found = await readMirror();
  if (found !== undefined) return found;
  throw new UserError(
    "apt on this machine has no Debian mirror (component main; /etc/apt/sources.list and sources.list.d). " +
      "The local cloud's base image is made of Debian's packages: work on Debian, or in the project's devcontainer.",
  );
}

async function readMirror(): Promise<string | undefined> {
  const format = "$(ORIGIN)|$(LABEL)|$(COMPONENT)|$(SITE)";
  const { lines } = await run("apt-get", ["indextargets", "--format", format, "Created-By: Packages"], {
    env: { ...process.env, LC_ALL: "C" },
    signal: new AbortController().signal,
  });
  return mirrorAmong(lines);
}

/** The first Debian mirror among apt's index targets (`origin|label|component|site`), security updates' left out. */
export function mirrorAmong(targets: string[]): string | undefined {
  const prefix = "Debian|Debian|main|";
  return targets.find((target) => target.startsWith(prefix))?.slice(prefix.length);
}
