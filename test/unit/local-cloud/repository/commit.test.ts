import { VersionControlRecursionType } from "azure-devops-node-api/interfaces/GitInterfaces";
import { commitFiles, enumerated } from "../../../../local-cloud/repository/commit";
import { LocalAzureDevOps } from "../../support/local-azure-devops";

const main = { project: "mlops", repository: "diabetes_regression", branch: "main" };

let azureDevOps: LocalAzureDevOps;
beforeAll(async () => {
  azureDevOps = await LocalAzureDevOps.start();
});
afterAll(() => azureDevOps.stop());

test("commits what the branch has otherwise or not at all, takes away the rest, and does nothing a second time", async () => {
  const git = await azureDevOps.client.getGitApi();
  const files = [
    { path: "docker/Dockerfile", content: "FROM other\n" },
    { path: "docker/docker-image-pipeline.yml", content: "trigger: none\n" },
    { path: "locks/ci.lock", content: "@EXPLICIT – ü\n" },
  ];
  expect(await commitFiles(git, main, files)).toEqual(["docker/Dockerfile", "locks/ci.lock", "README.md"]);
  const [commit] = await git.getCommits(main.repository, {}, main.project);
  expect(commit?.comment).toBe("Change docker/Dockerfile, locks/ci.lock, README.md");
  const item = await git.getItem(
    main.repository,
    "/locks/ci.lock",
    main.project,
    undefined,
    0,
    true,
    true,
    false,
    undefined,
    true,
  );
  expect(item.content).toBe("@EXPLICIT – ü\n");
  expect(await commitFiles(git, main, files)).toEqual([]);

  expect(await commitFiles(git, main, files.slice(0, 2))).toEqual(["locks/ci.lock"]);
  const left = await git.getItems(main.repository, main.project, "/", VersionControlRecursionType.Full);
  expect(left.flatMap(({ path, isFolder }) => (isFolder ? [] : [path]))).toEqual([
    "/docker/Dockerfile",
    "/docker/docker-image-pipeline.yml",
  ]);
});

test("of many paths the first are named", () => {
  expect(enumerated(["a", "b"])).toBe("a, b");
  expect(enumerated(["a", "b", "c", "d", "e", "f", "g"])).toBe("a, b, c, d, e and 2 more");
});
