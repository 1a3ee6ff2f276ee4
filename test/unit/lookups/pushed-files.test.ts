import type { ProjectApi } from "../../../src/azure-devops/rest";
import type { PipelineSource } from "../../../src/lookups/pipeline-source";
import { sayUnpushed } from "../../../src/lookups/pushed-files";
import { LocalAzureDevOps, personalAccessToken } from "../support/local-azure-devops";
import { saidByProgram } from "../support/said";

let azureDevOps: LocalAzureDevOps;
let api: ProjectApi;
let said: string[];
beforeAll(async () => {
  azureDevOps = await LocalAzureDevOps.start();
  api = { projectUrl: `${azureDevOps.url}/mlops`, token: personalAccessToken };
});
afterAll(() => azureDevOps.close());
beforeEach(() => {
  said = saidByProgram();
});
afterEach(() => jest.restoreAllMocks());

const onBranch = (branchName: string): Pick<PipelineSource, "repository"> => ({
  repository: { repoType: "TfsGit", repoId: azureDevOps.repositoryId, branchName },
});
/** One that is in the repository, and two that are not. */
const paths = ["docker/docker-image-pipeline.yml", "pipelines/a.yml", "pipelines/a & b.yml"];

test("each file that is not on the branch is named, and no other", async () => {
  await sayUnpushed(api, onBranch("refs/heads/main"), paths);
  expect(said).toEqual(
    paths
      .slice(1)
      .map((path) => `warn: ${path} is not on the branch main yet: push it before the pipeline's first run`),
  );
});

test("if all are there, or there are no pipelines, nothing is said", async () => {
  await sayUnpushed(api, onBranch("refs/heads/main"), paths.slice(0, 1));
  await sayUnpushed(undefined, onBranch("refs/heads/main"), []);
  expect(said).toEqual([]);
});

test("a branch that is not there yet has none of them", async () => {
  await sayUnpushed(api, onBranch("refs/heads/feature/new"), paths.slice(0, 1));
  expect(said).toEqual([expect.stringContaining("is not on the branch feature/new yet")]);
});

describe("where it cannot be looked, that is said once for all files, with the reason:", () => {
  const notChecked = `info: whether ${paths.join(", ")} can be found on the branch main is not checked: `;

  test("there is no access token", async () => {
    await sayUnpushed(undefined, onBranch("refs/heads/main"), paths);
    expect(said).toEqual([`${notChecked}AZDO_PERSONAL_ACCESS_TOKEN is not set`]);
  });

  test("the repository is on GitHub", async () => {
    const fetch = jest.spyOn(globalThis, "fetch");
    await sayUnpushed(
      api,
      { repository: { repoType: "GitHub", repoId: "contoso/diabetes", branchName: "main" } },
      paths,
    );
    expect(said).toEqual([`${notChecked}the repository is on GitHub`]);
    expect(fetch).not.toHaveBeenCalled(); // the token is none of GitHub's
  });

  test("Azure DevOps refuses the token", async () => {
    await sayUnpushed({ ...api, token: "wrong" }, onBranch("refs/heads/main"), paths);
    expect(said).toEqual([expect.stringMatching(/is not checked: TF400813: .* is not authorized/)]);
  });
});
