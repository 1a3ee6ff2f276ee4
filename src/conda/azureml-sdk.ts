import type { CondaFile } from "./conda-file";
import type { Lock } from "./lock-file";

/** The packages that are "the Azure ML SDK", newest first: an environment with several is known by the first of these. */
const sdkPackages = ["azure-ai-ml", "azureml-sdk", "azureml-core"];

/**
 * The version of the Azure ML SDK in an environment: the one that the lock files fix, otherwise the one that the conda
 * file pins exactly (`azure-ai-ml=1.31.0`, `azureml-core==1.5.0`, conda or pip). Undefined where there is no such
 * package, or its version is open.
 */
export function azureMlSdkVersion(file: CondaFile, locks: Lock[]): string | undefined {
  for (const name of sdkPackages) {
    const locked = locks.flatMap(({ packages, pip }) => [...packages, ...pip].filter((one) => one.name === name));
    const [version, ...others] = new Set(locked.flatMap((one) => one.version ?? []));
    // Locks of two platforms that differ make no one tag.
    if (version !== undefined) return others.length === 0 ? version : undefined;
    const entries = file.dependencies.filter(({ project }) => project === name);
    const [pinned] = entries.flatMap(({ constraint }) => exactVersion(constraint.text) ?? []);
    if (pinned !== undefined) return pinned;
  }
  return undefined;
}

/**
 * The only version that a constraint accepts: `==1.5.0`, or `1.31.0.*`, which is what conda makes of `=1.31.0`. Of fewer
 * than three numbers the second form is a series of releases.
 */
function exactVersion(constraint: string): string | undefined {
  const [, exact, release] = /^(?:===?([^=*,|]+)|((?:\d+!)?\d+(?:\.\d+){2,}[^*,|]*)\.\*)$/.exec(constraint) ?? [];
  return exact ?? release;
}
