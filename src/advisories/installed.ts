import { normalizePipName, projectOfConda } from "../conda/package-names";
import { isVersion } from "../conda/pip-entry/specifier";
import type { FileTree } from "../image/file-tree";

/** A package in an image. */
export interface InstalledPackage {
  ecosystem: "PyPI" | "conda";
  name: string;
  version: string;
}

/**
 * The packages of an image, by the records that pip and conda leave of them: `<name>-<version>.dist-info/METADATA`
 * (https://packaging.python.org/en/latest/specifications/recording-installed-packages/) and
 * `conda-meta/<name>-<version>-<build>.json`. A conda package is PyPI's as well, under the name that it has there, unless
 * pip's record of it says more.
 */
export function installedPackages(files: FileTree): InstalledPackage[] {
  const found = new Map<string, InstalledPackage>();
  const add = (one: InstalledPackage) => found.set(`${one.ecosystem} ${one.name} ${one.version}`, one);
  const conda: InstalledPackage[] = [];
  const projects = new Set<string>();
  for (const { path, node } of files.directories()) {
    const [, name, version] = /\/([^/]+)-([^/-]+)\.dist-info$/.exec(path) ?? [];
    if (name !== undefined && version !== undefined && node.children.has("METADATA")) {
      const one = { ecosystem: "PyPI", name: normalizePipName(name), version } as const;
      projects.add(one.name);
      add(one);
    }
    if (!path.endsWith("/conda-meta")) continue;
    for (const file of node.children.keys()) {
      const [, name, version] = /^(.+)-([^-]+)-[^-]+\.json$/.exec(file) ?? [];
      if (name !== undefined && version !== undefined) conda.push({ ecosystem: "conda", name, version });
    }
  }
  for (const one of conda) {
    add(one);
    const project = projectOfConda(one.name);
    if (project.startsWith("conda:") || projects.has(project) || !isVersion(one.version)) continue;
    add({ ...one, ecosystem: "PyPI", name: project });
  }
  return [...found.values()];
}
