import { writeFileSync } from "node:fs";
import { join } from "node:path";

const environment = (...entries: string[]) =>
  ["channels:", "  - conda-forge", "dependencies:", ...entries.map((entry) => `  - ${entry}`), ""].join("\n");

/**
 * This project's conda files with little in them, for tests of something else than what is in the image: it is built,
 * pushed and pulled in a part of the time. The model pipeline runs in it, on tests that need no library.
 */
export const smallEnvironment: Readonly<Record<string, string>> = {
  "docker/ci_dependencies.yml": environment(
    ...["python=3.11", "pip=26.3", "joblib=1.6.0", "flake8=7.5.0", "pytest=9.2.0", "pytest-cov=7.1.0"],
  ),
  "docker/conda_dependencies.yml": environment("python=3.11", "joblib=1.6.0"),
  "docker/conda_dependencies_scoring.yml": environment("python=3.11", "joblib=1.6.0"),
};

/** Puts it into a copy of the project. */
export function writeSmallEnvironment(directory: string): void {
  for (const [path, text] of Object.entries(smallEnvironment)) writeFileSync(join(directory, path), text);
}
