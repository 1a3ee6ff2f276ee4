import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import dockerignore from "@balena/dockerignore";
import { readText, writeInOneStep } from "../common/files";
import { pathFromRoot, type Repository } from "../common/repository";
import { contextOf, type EnvironmentDefinition } from "../rules/environment-definition";

/**
 * What no build needs of a repository: it is large, secret, or another thing after every command, by which the image
 * would be another one as well. In the form of a .dockerignore.
 */
const keptOut = [
  "**/.git",
  "**/.local-cloud",
  "**/.environments",
  "**/.job-container",
  "**/.pulumi",
  "**/Pulumi.*.yaml",
  "**/node_modules",
  "**/.venv",
  "**/venv",
  "**/.env",
  "**/.tox",
  "**/__pycache__",
  "**/.pytest_cache",
  "**/.mypy_cache",
  "**/.ruff_cache",
  "**/.ipynb_checkpoints",
];

/** Of those, what a team's own .dockerignore should name: each is in a repository sooner or later. */
const warnedOf = [".git", ".local-cloud", ".environments", "node_modules", ".venv", ".env"];

type Definition = Pick<EnvironmentDefinition, "dockerfile" | "buildContext">;

/** The team's own list of what the build does not see, from the root, if there is one. */
export function ignoreFileOf(
  definition: Definition,
  readFile: (path: string) => string | undefined,
): string | undefined {
  // The one that belongs to the Dockerfile goes before the context's:
  // https://docs.docker.com/build/concepts/context/#filename-and-location
  const context = contextOf(definition);
  const files = [
    `${definition.dockerfile}.dockerignore`,
    context === "." ? ".dockerignore" : `${context}/.dockerignore`,
  ];
  return files.find((file) => readFile(file) !== undefined);
}

/**
 * A Dockerfile for a build that sees more than a folder of its own. Builders take the list of what they do not see from
 * two places only: the context's `.dockerignore`, and `<Dockerfile>.dockerignore` beside the Dockerfile, wherever that
 * is. So the Dockerfile is copied, with such a list beside it, into a folder of ours, and the team has no list to write.
 * If it has one, its Dockerfile is taken as it is. So is one whose folder is the context, as it is by default: what is
 * in there was put there for the image.
 *
 * @param target folder for the copy, absolute. It is made, and Git ignores it
 * @returns absolute path of the copy; undefined if the Dockerfile is taken as it is
 */
export function filteredDockerfile(repository: Repository, definition: Definition, target: string): string | undefined {
  const readFile = (path: string) => readText(join(repository.root, path));
  if (!seesMore(repository, definition) || ignoreFileOf(definition, readFile) !== undefined) return undefined;
  const copy = join(target, definition.dockerfile);
  mkdirSync(dirname(copy), { recursive: true });
  writeInOneStep(join(target, ".gitignore"), "*\n");
  writeInOneStep(`${copy}.dockerignore`, `${keptOut.join("\n")}\n`);
  writeInOneStep(copy, readFile(definition.dockerfile) ?? "");
  return copy;
}

/** The names of what is in the context, should not be, and is not on the team's own list. */
export function leftInContext({ root }: Repository, definition: Definition, patterns: string): string[] {
  const ignored = dockerignore().add(patterns);
  const context = join(root, contextOf(definition));
  return warnedOf.filter((name) => existsSync(join(context, name)) && !ignored.ignores(name));
}

/** A context that was chosen, or has the root or the project folder in it. */
export function seesMore(repository: Repository, definition: Definition): boolean {
  const context = contextOf(definition);
  if (definition.buildContext !== undefined || context === ".") return true;
  return `${pathFromRoot(repository, "")}/`.startsWith(`${context}/`);
}
