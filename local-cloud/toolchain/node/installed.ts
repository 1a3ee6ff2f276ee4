import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";

/** What a `package.json` says, as far as Pulumi asks. */
export interface PackageManifest {
  name?: string;
  version?: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  /** Folders of packages that are installed together with it. */
  workspaces?: string[];
  /** Marks a package that comes with a resource plugin. */
  pulumi?: { resource?: boolean; name?: string; version?: string; server?: string };
}

/** A resource plugin that an installed package asks for. */
export interface RequiredPlugin {
  name: string;
  version: string;
  server: string;
}

/** The plugins that the packages in a program's `node_modules`, nested ones included, ask for. */
export function requiredPlugins(programDirectory: string): RequiredPlugin[] {
  const plugins = installedPackages(programDirectory).flatMap(({ name, version, pulumi }) =>
    pulumi?.resource
      ? [
          {
            name: pulumi.name ?? (name ?? "").replace("@pulumi/", ""),
            version: pulumi.version ?? version ?? "",
            server: pulumi.server ?? "",
          },
        ]
      : [],
  );
  return [...new Map(plugins.map((plugin) => [`${plugin.name} ${plugin.version}`, plugin])).values()];
}

/** The packages that a program depends on directly, with the versions that are installed. */
export function directDependencies(programDirectory: string): { name: string; version: string }[] {
  const { dependencies, devDependencies } = readManifest(programDirectory);
  return Object.keys({ ...dependencies, ...devDependencies }).map((name) => {
    const { version = "" } = readManifest(join(programDirectory, "node_modules", name));
    return { name, version };
  });
}

function installedPackages(directory: string, seen = new Set<string>()): PackageManifest[] {
  const modules = join(directory, "node_modules");
  if (!existsSync(modules)) return [];
  const names = readdirSync(modules).flatMap((name) =>
    name.startsWith("@") ? readdirSync(join(modules, name)).map((scoped) => join(name, scoped)) : [name],
  );
  return names
    .filter((name) => !name.startsWith("."))
    .flatMap((name) => {
      const path = realpathSync(join(modules, name));
      if (seen.has(path)) return [];
      seen.add(path);
      return [readManifest(path), ...installedPackages(path, seen)];
    });
}

/** A directory without a readable `package.json` has nothing to say. */
export function readManifest(directory: string): PackageManifest {
  try {
    const manifest: PackageManifest = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
    return manifest;
  } catch {
    return {};
  }
}
