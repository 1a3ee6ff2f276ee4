import { basename } from "node:path";
import { git } from "../../common/git";
import { gitRoot } from "../../common/repository";
import { readTexts, repositoryFiles } from "../../common/repository-files";
import { isCondaFile } from "./conda-files";
import { type FoundDockerfile, findDockerfile, isDockerfile } from "./dockerfiles";
import { type FoundPipelines, findPipelinesIn } from "./pipelines";
import { type Remote, readRemote } from "./remote";

/** What there is in a repository. Paths are from its root. */
export interface Found {
  /** Absolute path. */
  root: string;
  isGit: boolean;
  /** Name of the repository: the remote's, or else the folder's. */
  name: string;
  /** The remote `origin`, if there is one. */
  remoteUrl?: string;
  /** Where that is, if it is a place that Azure Pipelines knows. */
  remote?: Remote;
  defaultBranch: string;
  dockerfiles: FoundDockerfile[];
  condaFiles: string[];
  pipelines: FoundPipelines;
  /** Each Pulumi.yaml. */
  projects: string[];
}

/** Looks at the repository that a folder is in. */
export async function look(folder: string): Promise<Found> {
  const top = gitRoot(folder);
  const [root, isGit] = [top ?? folder, top !== undefined];
  const paths = await repositoryFiles(root);
  const texts = readTexts(
    root,
    paths.filter((path) => isYaml(path) || isDockerfile(path)),
  );
  const remoteUrl = isGit ? await said(root, "remote", "get-url", "origin") : undefined;
  const remote = remoteUrl === undefined ? undefined : readRemote(remoteUrl);
  return {
    root,
    isGit,
    name: remote?.name.split("/").at(-1) ?? basename(root),
    remoteUrl,
    remote,
    defaultBranch: isGit ? await findDefaultBranch(root) : "main",
    dockerfiles: texts.filter(({ path }) => isDockerfile(path)).map((one) => findDockerfile(one, paths)),
    condaFiles: texts.filter(isCondaFile).map(({ path }) => path),
    pipelines: findPipelinesIn(
      root,
      texts.filter(({ path }) => isYaml(path)).map(({ path }) => path),
    ),
    projects: paths.filter((path) => basename(path) === "Pulumi.yaml"),
  };
}

function isYaml(path: string): boolean {
  return /\.ya?ml$/i.test(path);
}

/** The remote's, or else the branch that teams call theirs, or else the one that is checked out. */
async function findDefaultBranch(root: string): Promise<string> {
  const head = await said(root, "symbolic-ref", "--short", "refs/remotes/origin/HEAD");
  if (head !== undefined) return head.replace(/^origin\//, "");
  const branches = ((await said(root, "for-each-ref", "--format=%(refname:short)", "refs/heads")) ?? "").split("\n");
  const usual = ["main", "master"].filter((name) => branches.includes(name));
  const [only] = usual;
  const current = await said(root, "symbolic-ref", "--short", "HEAD");
  return (usual.length === 1 ? only : current) ?? "main";
}

/** What git says, or undefined if it has no answer. */
async function said(root: string, ...args: string[]): Promise<string | undefined> {
  try {
    return (await git("-C", root, ...args)).trim() || undefined;
  } catch {
    return undefined;
  }
}
