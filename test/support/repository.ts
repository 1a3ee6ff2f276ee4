import { resolve } from "node:path";
import type { Seed } from "../../local-cloud/azuredevops/seed";
import { localAuthor, type RepositoryFile } from "../../local-cloud/git/commit-files";
import type { TeamRepository } from "../../local-cloud/repository/team-repository";

/** The top folder of this project. */
export const projectRoot = resolve(__dirname, "../..");

/** This project as tests' local clouds serve it, whatever its folder is called and whichever branch is checked out. */
export const projectRepository: TeamRepository = {
  root: projectRoot,
  name: "diabetes_regression",
  defaultBranch: "main",
};

/** A file of a repository, with this text. */
export function textFile(path: string, text: string): RepositoryFile {
  return { path, mode: "100644", content: () => Buffer.from(text) };
}

/** A repository that a local Azure DevOps begins with. */
export function seedOf(files: Record<string, string> = {}): Seed {
  const { name, defaultBranch } = projectRepository;
  const all = Object.entries(files).map(([path, text]) => textFile(path, text));
  return { name, defaultBranch, files: all, author: localAuthor };
}
