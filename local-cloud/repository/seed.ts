import { type Dirent, existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { layoutOf, projectRoot } from "../cloud/layout";

/** The Azure DevOps project that a local cloud begins with. */
export const project = "mlops";

/** The one Git repository of that project. */
export const repository = "diabetes_regression";

/** In the project's folder, and not in a team's repository: the local cloud, its tests, settings of its stacks. */
const notSeeded = ["local-cloud", "test", "Pulumi.local.yaml", ".environments"];

/**
 * What the repository holds on its branch `main`: the project, as a team has it in its own repository. Git is not asked,
 * since neither it nor its folder need be there.
 *
 * @param root the project's folder
 */
export function seedFiles(root = projectRoot): { path: string; content: string }[] {
  return entriesOf(root)
    .filter(({ name }) => !notSeeded.includes(name))
    .flatMap((entry) => filesOf(entry))
    .map((file) => ({ path: relative(root, file), content: readFileSync(file, "utf8") }));
}

/** The files at or below an entry of a folder, but for those of a local cloud. */
function filesOf(entry: Dirent): string[] {
  const path = join(entry.parentPath, entry.name);
  if (entry.isFile()) return [path];
  if (!entry.isDirectory() || isLocalCloud(path)) return [];
  return entriesOf(path).flatMap((each) => filesOf(each));
}

function isLocalCloud(directory: string): boolean {
  const { settings, stacks } = layoutOf(directory);
  return existsSync(settings) && existsSync(stacks);
}

function entriesOf(folder: string): Dirent[] {
  return readdirSync(folder, { withFileTypes: true }).filter(({ name }) => name !== ".git" && name !== "node_modules");
}
