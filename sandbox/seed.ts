import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { projectRoot } from "./layout";

/** The Azure DevOps project that a local cloud begins with. */
export const project = "mlops";

/** The one Git repository of that project. */
export const repository = "diabetes_regression";

/** What the repository holds on its branch `main`: this project's environment definition and pipelines. */
export function seedFiles(): { path: string; content: string }[] {
  return ["docker", "pipelines"].flatMap((folder) =>
    readdirSync(join(projectRoot, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => ({ path: relative(projectRoot, file), content: readFileSync(file, "utf8") })),
  );
}
