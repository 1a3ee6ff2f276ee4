import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localAuthor, type RepositoryFile } from "../../../../local-cloud/git/commit-files";
import { authorIn } from "../../../../local-cloud/repository/git";
import { deleteBranch, enumerated, pushBranch, type ServedRepository } from "../../../../local-cloud/repository/push";
import { textFile } from "../../../support/repository";
import { LocalAzureDevOps, personalAccessToken } from "../../support/local-azure-devops";

let azureDevOps: LocalAzureDevOps;
let cloud: ServedRepository;
beforeAll(async () => {
  azureDevOps = await LocalAzureDevOps.start();
  cloud = {
    directory: azureDevOps.directory,
    azureDevOps: {
      ...{ orgServiceUrl: azureDevOps.url, personalAccessToken, project: "mlops" },
      ...{ repository: "diabetes_regression", defaultBranch: "main", url: "" },
      remoteUrl: `${azureDevOps.url}/mlops/_git/diabetes_regression`,
    },
  };
});
afterAll(() => azureDevOps.close());

const push = (files: RepositoryFile[], branch = "main") =>
  pushBranch(cloud, branch, files, { name: "Ada", email: "ada@contoso.com" });

/** What Git itself says of the repository that is served. */
function git(...args: string[]): string {
  return execFileSync("git", ["-C", azureDevOps.repository.directory, ...args], { encoding: "utf8" }).trim();
}

test("a push commits what the branch has otherwise or not at all, takes away the rest, and does nothing a second time", async () => {
  const before = azureDevOps.head();
  const files = [
    textFile("docker/Dockerfile", "FROM other\n"),
    textFile("docker/docker-image-pipeline.yml", "trigger: none\n"),
    textFile("locks/ci.lock", "@EXPLICIT – ü\n"),
  ];
  expect(await push(files)).toMatchObject({ isNew: false, paths: ["README.md", "docker/Dockerfile", "locks/ci.lock"] });
  expect(git("log", "-1", "--format=%P %an <%ae> %s", "main")).toBe(
    `${before} Ada <ada@contoso.com> Change README.md, docker/Dockerfile, locks/ci.lock`,
  );
  expect(git("show", "main:locks/ci.lock")).toBe("@EXPLICIT – ü");
  const after = azureDevOps.head();
  expect(await push(files)).toMatchObject({ isNew: false, paths: [] });
  expect(azureDevOps.head()).toBe(after);

  expect(await push(files.slice(0, 2))).toMatchObject({ isNew: false, paths: ["locks/ci.lock"] });
  expect(git("ls-tree", "-r", "--name-only", "main")).toBe("docker/Dockerfile\ndocker/docker-image-pipeline.yml");
});

test("a file that may be run from now on is a change, although its content stays", async () => {
  const file = textFile("train.sh", "#!/bin/sh\n");
  await push([file]);
  expect(await push([{ ...file, mode: "100755" }])).toMatchObject({ paths: ["train.sh"] });
  expect(await push([{ ...file, mode: "100755" }])).toMatchObject({ paths: [] });
});

test("a new branch begins at the default one, and goes when it is deleted", async () => {
  await push([textFile("a", "a")]);
  expect(await push([textFile("a", "a")], "topic")).toMatchObject({ isNew: true, paths: [] });
  expect(azureDevOps.head("topic")).toBe(azureDevOps.head());
  expect(await push([textFile("a", "b")], "feature/b")).toMatchObject({ isNew: true, paths: ["a"] });
  expect(git("rev-parse", "feature/b^")).toBe(azureDevOps.head());
  await deleteBranch(cloud, "feature/b");
  expect(git("for-each-ref", "--format=%(refname:short)", "refs/heads")).toBe("main\ntopic");
  await expect(deleteBranch(cloud, "feature/b")).rejects.toThrow(
    "the local repository refuses the push: error: unable to delete 'feature/b': remote ref does not exist",
  );
  await expect(deleteBranch(cloud, "main")).rejects.toThrow("deletion of the current branch prohibited");
});

test("files of any size are pushed, byte by byte, those that are there already only once", async () => {
  const bytes = Buffer.alloc(5_000_000, Buffer.from([0x89, 0x00, 0xff, 0x0d, 0x0a]));
  await push([{ path: "data.bin", mode: "100644", content: () => bytes }]);
  expect(azureDevOps.repository.fileAt(azureDevOps.head(), "data.bin")?.equals(bytes)).toBe(true);
  const size = azureDevOps.repository.size();
  await push([{ path: "renamed.bin", mode: "100644", content: () => bytes }]);
  expect(azureDevOps.repository.size() - size).toBeLessThan(100_000);
});

test.each(["not valid", "a..b", "-x/", "", "a.lock"])("%j is refused as the name of a branch", async (name) => {
  await expect(push([], name)).rejects.toThrow(`${JSON.stringify(name)} is not the name of a branch`);
});

test("a commit that is to start no runs says so", async () => {
  const quiet = { skipCi: true };
  await pushBranch(cloud, "quiet", [textFile("a", "quiet")], { name: "Ada", email: "ada@contoso.com" }, quiet);
  expect(git("log", "-1", "--format=%B", "quiet")).toMatch(/^Change a.*\n\n\[skip ci\]$/);
});

test("what the repository refuses is said in its words, and nothing of the push is left", async () => {
  await push([textFile("a", "a")], "taken");
  await expect(push([textFile("a", "b")], "taken/below")).rejects.toThrow(
    /the local repository refuses the push: .*taken/s,
  );
  expect(readdirSync(cloud.directory).filter((name) => name.startsWith("push-"))).toEqual([]);
});

test("who commits is whom Git knows in the folder, or else the local cloud itself", () => {
  const root = mkdtempSync(join(tmpdir(), "author-"));
  const home = process.env.HOME;
  try {
    process.env.HOME = root; // whose settings Git reads besides
    expect(authorIn(root)).toEqual(localAuthor);
    execFileSync("git", ["init", "--quiet", root]);
    execFileSync("git", ["-C", root, "config", "user.name", "Ada"]);
    expect(authorIn(root)).toEqual(localAuthor);
    execFileSync("git", ["-C", root, "config", "user.email", "ada@contoso.com"]);
    expect(authorIn(root)).toEqual({ name: "Ada", email: "ada@contoso.com" });
  } finally {
    process.env.HOME = home;
    rmSync(root, { recursive: true });
  }
});

test("of many paths the first are named", () => {
  expect(enumerated(["a", "b"])).toBe("a, b");
  expect(enumerated(["a", "b", "c", "d", "e", "f", "g"])).toBe("a, b, c, d, e and 2 more");
});
