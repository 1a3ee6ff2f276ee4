import { join } from "node:path";
import * as z from "zod";
import { readText } from "../../common/files";

/** How a project's packages are installed: each a command of a shell. */
export interface PackageManager {
  name: "npm" | "pnpm" | "yarn";
  /** What a person types for the first time. */
  install: string;
  /** What a pipeline types: what the lock file says, and nothing else. */
  frozen: string;
  /** The same without what only `pulumi` needs. */
  light: string;
  /** What a person types to add packages, before their names. */
  add: { own: string; dev: string };
}

const manifest = z.object({ packageManager: z.string().optional() });

/**
 * The package manager that a folder uses, by the field `packageManager` of its package.json or by its lock file; npm
 * where neither says so. Agents have npm, and get the others through it.
 */
export function packageManagerOf(folder: string): PackageManager {
  const declared = declaredIn(readText(join(folder, "package.json")));
  const [name = ""] = (declared ?? "").split("@");
  const by = (file: string) => readText(join(folder, file)) !== undefined;
  if (name === "pnpm" || (name === "" && by("pnpm-lock.yaml"))) return pnpm(declared ?? "pnpm");
  if (name === "yarn" || (name === "" && by("yarn.lock"))) return yarn(declared ?? "yarn");
  return npm;
}

const npm: PackageManager = {
  name: "npm",
  install: "npm install",
  frozen: "npm ci",
  light: "npm ci --omit=dev --omit=optional --no-audit --no-fund",
  add: { own: "npm install --save-exact", dev: "npm install --save-exact --save-dev" },
};

function pnpm(version: string): PackageManager {
  const manager = throughNpx("pnpm", version, ["--save-exact", "--save-dev"]);
  return { ...manager, light: `${manager.frozen} --prod --no-optional` };
}

/**
 * Of its first major version, which `npx yarn` is as well. That fetches all that is in its lock file, whatever it is to
 * leave out, and installs a development dependency that is another package's peer, as Pulumi's are of this one
 * (https://github.com/yarnpkg/yarn/issues/6810). So npm does, which goes by the versions and checksums in `yarn.lock`
 * (https://blog.npmjs.org/post/621733939456933888/npm-v7-series-why-keep-package-lockjson).
 */
function yarn(version: string): PackageManager {
  return {
    ...throughNpx("yarn", version, ["--exact", "--dev"]),
    light: "npm install --no-save --omit=dev --omit=optional --no-audit --no-fund",
  };
}

function throughNpx(
  name: "pnpm" | "yarn",
  version: string,
  [exact, dev]: [string, string],
): Omit<PackageManager, "light"> {
  return {
    name,
    install: `${name} install`,
    frozen: `npx --yes ${version} install --frozen-lockfile`,
    add: { own: `${name} add ${exact}`, dev: `${name} add ${exact} ${dev}` },
  };
}

/** `name@version`, without the checksum that may follow it: https://nodejs.org/api/packages.html#packagemanager */
function declaredIn(text: string | undefined): string | undefined {
  try {
    const { data } = manifest.safeParse(JSON.parse(text ?? "{}"));
    return /^(?:npm|pnpm|yarn)@[\w.-]+/.exec(data?.packageManager ?? "")?.[0];
  } catch {
    return undefined;
  }
}
