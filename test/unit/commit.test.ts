import { commitFiles } from "../../cli/commit";
import { LocalAzureDevOps } from "./support/local-azure-devops";

const main = { project: "mlops", repository: "diabetes_regression", branch: "main" };

let azureDevOps: LocalAzureDevOps;
beforeAll(async () => {
  azureDevOps = await LocalAzureDevOps.start();
});
afterAll(() => azureDevOps.stop());

test("commits what the branch has otherwise or not at all, and nothing a second time", async () => {
  const git = await azureDevOps.client.getGitApi();
  const files = [
    { path: "docker/Dockerfile", content: "FROM other\n" },
    { path: "docker/docker-image-pipeline.yml", content: "trigger: none\n" },
    { path: "locks/ci.lock", content: "@EXPLICIT – ü\n" },
  ];
  expect(await commitFiles(git, main, files)).toEqual(["docker/Dockerfile", "locks/ci.lock"]);
  const [commit] = await git.getCommits(main.repository, {}, main.project);
  expect(commit?.comment).toBe("Change docker/Dockerfile, locks/ci.lock");
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
});
