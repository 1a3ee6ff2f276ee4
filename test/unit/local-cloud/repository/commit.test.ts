import { text } from "node:stream/consumers";
import { VersionControlRecursionType } from "azure-devops-node-api/interfaces/GitInterfaces";
import { repositoriesIn } from "../../../../local-cloud/azuredevops/git/contents-on-disk";
import type { RepositoryFile } from "../../../../local-cloud/azuredevops/seed";
import { commitFiles, enumerated } from "../../../../local-cloud/repository/commit";
import { textFile } from "../../../support/repository";
import { LocalAzureDevOps } from "../../support/local-azure-devops";

const main = { project: "mlops", repository: "diabetes_regression", branch: "main" };

let azureDevOps: LocalAzureDevOps;
beforeAll(async () => {
  azureDevOps = await LocalAzureDevOps.start();
});
afterAll(() => azureDevOps.stop());

/** As another process does it, which has only the repository's folder in common with the server. */
async function commit(files: RepositoryFile[]): Promise<string[]> {
  const contents = repositoriesIn(azureDevOps.repositories).contentsOf({ id: azureDevOps.repositoryId });
  return commitFiles(await azureDevOps.client.getGitApi(), contents, main, files);
}

const content = async (path: string) => {
  const git = await azureDevOps.client.getGitApi();
  return text(await git.getItemContent(main.repository, path, main.project));
};

test("commits what the branch has otherwise or not at all, takes away the rest, and does nothing a second time", async () => {
  const git = await azureDevOps.client.getGitApi();
  const files = [
    textFile("docker/Dockerfile", "FROM other\n"),
    textFile("docker/docker-image-pipeline.yml", "trigger: none\n"),
    textFile("locks/ci.lock", "@EXPLICIT – ü\n"),
  ];
  expect(await commit(files)).toEqual(["docker/Dockerfile", "locks/ci.lock", "README.md"]);
  const [latest] = await git.getCommits(main.repository, {}, main.project);
  expect(latest?.comment).toBe("Change docker/Dockerfile, locks/ci.lock, README.md");
  expect(await content("/locks/ci.lock")).toBe("@EXPLICIT – ü\n");
  expect(await commit(files)).toEqual([]);

  expect(await commit(files.slice(0, 2))).toEqual(["locks/ci.lock"]);
  const left = await git.getItems(main.repository, main.project, "/", VersionControlRecursionType.Full);
  expect(left.flatMap(({ path, isFolder }) => (isFolder ? [] : [path]))).toEqual([
    "/docker/Dockerfile",
    "/docker/docker-image-pipeline.yml",
  ]);
});

test("a file that may be run from now on is a change, although its content stays", async () => {
  const file = textFile("train.sh", "#!/bin/sh\n");
  await commit([file]);
  expect(await commit([{ ...file, mode: "100755" }])).toEqual(["train.sh"]);
  expect(await commit([{ ...file, mode: "100755" }])).toEqual([]);
});

test("files of any size are committed, byte by byte", async () => {
  const bytes = Buffer.alloc(20_000_000, Buffer.from([0x89, 0x00, 0xff, 0x0d, 0x0a]));
  await commit([{ path: "data.bin", mode: "100644", content: () => bytes }]);
  const url = `${azureDevOps.url}/mlops/_apis/git/repositories/diabetes_regression/items?path=/data.bin`;
  const authorization = `Basic ${Buffer.from(":local-token").toString("base64")}`;
  const answer = await fetch(url, { headers: { authorization, accept: "application/octet-stream" } });
  expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
});

test("of many paths the first are named", () => {
  expect(enumerated(["a", "b"])).toBe("a, b");
  expect(enumerated(["a", "b", "c", "d", "e", "f", "g"])).toBe("a, b, c, d, e and 2 more");
});
