import type { ProjectApi } from "../../../src/azure-devops/rest";
import { type AdoptionRequest, findAdopted } from "../../../src/lookups/adopted-definition";
import { LocalAzureDevOps, personalAccessToken } from "../support/local-azure-devops";

let azureDevOps: LocalAzureDevOps;
let api: ProjectApi;
let id: number;
beforeAll(async () => {
  azureDevOps = await LocalAzureDevOps.start();
  api = { projectUrl: `${azureDevOps.url}/mlops`, token: personalAccessToken };
  const make = async (name: string, path: string, yamlFilename: string) => {
    const repository = { id: azureDevOps.repositoryId, type: "TfsGit", defaultBranch: "main" };
    const definition = { name, path, repository, process: { type: 2, yamlFilename } };
    return (await (await azureDevOps.client.getBuildApi()).createDefinition(definition, "mlops")).id ?? 0;
  };
  await make("ci", "\\other", "pipelines/other.yml");
  id = await make("ci", "\\ml\\training", "/pipelines/ci.yml");
  await make("nightly", "\\", "pipelines/ci.yml");
});
afterAll(() => azureDevOps.close());

const request = (changes: Partial<AdoptionRequest> = {}): AdoptionRequest => ({
  ...{ setting: "setting modelPipelines.2.adopt", repository: "setting repository" },
  ...{ adopt: id, path: "pipelines/ci.yml" },
  ...changes,
});

const find = (
  changes: Partial<AdoptionRequest> = {},
  {
    repoId = azureDevOps.repositoryId,
    access = api,
    own = [],
  }: { repoId?: string; access?: ProjectApi; own?: number[] } = {},
) =>
  findAdopted(
    access,
    { repository: { repoType: "TfsGit", repoId, branchName: "refs/heads/main" } },
    request(changes),
    new Set(own.map(String)),
  );

describe("a definition that exists is found", () => {
  test("by its id, with the folder and the name that it has", async () => {
    const found = await find();
    expect(found).toEqual({ definition: { id, name: "ci", folder: "\\ml\\training" }, api });
  });

  test.each([
    ["by its path, and not the one of that name in another folder", "\\ml\\training\\ci"],
    ["by its path in any case, as names compare in Azure DevOps", "\\ML\\training\\CI"],
  ])("%s", async (_, adopt) => {
    expect((await find({ adopt })).definition.id).toBe(id);
  });

  test("by its path in the root", async () => {
    expect((await find({ adopt: "\\nightly" })).definition).toMatchObject({ name: "nightly", folder: "\\" });
  });

  test("whatever the case of its repository's id", async () => {
    expect((await find({}, { repoId: azureDevOps.repositoryId.toUpperCase() })).definition.id).toBe(id);
  });
});

describe("it is refused", () => {
  test("without an access token, which it takes to read it", async () => {
    const source = { repository: { repoType: "TfsGit", repoId: "r", branchName: "refs/heads/main" } } as const;
    await expect(findAdopted(undefined, source, request({ adopt: "\\ci" }), new Set())).rejects.toThrow(
      'the pipeline definition "\\\\ci" (setting modelPipelines.2.adopt) cannot be read: there is no access token for ' +
        "Azure DevOps. Set AZDO_PERSONAL_ACCESS_TOKEN",
    );
  });

  test.each<[string, number | string]>([
    ["an id that there is not", 4711],
    ["a path that there is not", "\\ml\\ci"],
    ["a name that is a pattern, which the service would match", "\\ml\\training\\c*"],
  ])("if there is none: %s", async (_, adopt) => {
    await expect(find({ adopt })).rejects.toThrow(
      `the pipeline definition ${JSON.stringify(adopt)} (setting modelPipelines.2.adopt) cannot be read: there is none ` +
        "in the project. Name one that exists",
    );
  });

  test("if the token is wrong, which is not the same as that there is none", async () => {
    await expect(find({}, { access: { ...api, token: "wrong" } })).rejects.toThrow(
      /\(setting modelPipelines\.2\.adopt\) cannot be read: TF400813: .* is not authorized/,
    );
  });

  test("if the stack has made it", async () => {
    await expect(find({ adopt: "\\ml\\training\\ci" }, { own: [id] })).rejects.toThrow(
      `(setting modelPipelines.2.adopt: ci, ${id}) is one that this stack made: leave adopt out`,
    );
  });

  test("if it is of another file", async () => {
    await expect(find({ path: "pipelines/train.yml" })).rejects.toThrow(
      "is of the file /pipelines/ci.yml, not of pipelines/train.yml: correct path, or adopt another one.",
    );
  });

  test("if it is of another repository", async () => {
    await expect(find({}, { repoId: "3fcf1e70-c982-4b6d-aa21-cd4d330c0089" })).rejects.toThrow(
      "is of the repository diabetes_regression, which is not the one in the setting repository",
    );
  });

  test("if it is a classic pipeline, which has no file", async () => {
    const { repositoryId: repository } = azureDevOps;
    const classic = {
      id: 3,
      name: "old",
      path: "\\",
      revision: 7,
      process: { type: 1, phases: [] },
      repository: { id: repository },
    };
    const fetch = jest.spyOn(globalThis, "fetch").mockResolvedValue(Response.json(classic));
    try {
      await expect(find({ adopt: 3 })).rejects.toThrow(
        "(setting modelPipelines.2.adopt: old, 3) is a classic pipeline, which has no YAML file: convert it",
      );
    } finally {
      fetch.mockRestore();
    }
  });
});
