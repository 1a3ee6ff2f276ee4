import { resolve } from "node:path";
import type { RepositoryFile, Seed } from "../../local-cloud/azuredevops/seed";
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
  return { name, defaultBranch, files: Object.entries(files).map(([path, text]) => textFile(path, text)) };
}
