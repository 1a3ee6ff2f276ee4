import type { IBuildApi } from "azure-devops-node-api/BuildApi";
import { findDefinition, readDefinition, setVariable } from "../../../src/azure-devops/definitions";
import type { ProjectApi } from "../../../src/azure-devops/rest";
import { LocalAzureDevOps, personalAccessToken } from "../support/local-azure-devops";

let azureDevOps: LocalAzureDevOps;
let builds: IBuildApi;
let api: ProjectApi;
beforeAll(async () => {
  azureDevOps = await LocalAzureDevOps.start();
  builds = await azureDevOps.client.getBuildApi();
  api = { projectUrl: `${azureDevOps.url}/mlops`, token: personalAccessToken };
});
afterAll(() => azureDevOps.close());

test("a variable is set anew, and the rest of the definition stays, its secrets as well", async () => {
  const process = { type: 2, yamlFilename: "pipelines/ci.yml" };
  const made = await builds.createDefinition(
    {
      ...{ name: "ci", path: "\\team", description: "The team's own", jobTimeoutInMinutes: 25 },
      repository: { id: azureDevOps.repositoryId, type: "TfsGit", defaultBranch: "main" },
      process,
      variables: { threshold: { value: "0.8", allowOverride: true }, token: { value: "hush", isSecret: true } },
    },
    "mlops",
  );
  const id = made.id ?? 0;
  const before = await builds.getDefinition("mlops", id);
  for (const value of ["first", "second"]) await setVariable(api, id, "jobContainerImage", value);
  const { revision, variables, url, _links, ...after } = await builds.getDefinition("mlops", id);
  expect(before).toMatchObject(after);
  expect(variables).toEqual({ ...before.variables, jobContainerImage: { value: "second" } });
  expect(azureDevOps.state.definitions[0]?.variables.token).toMatchObject({ value: "hush" });
});

test("a definition that is not there is not found, and cannot be changed", async () => {
  expect(await readDefinition(api, 4711)).toBeUndefined();
  await expect(setVariable(api, 4711, "a", "b")).rejects.toThrow("there is no definition 4711");
});

test("one of 1,200 definitions is found by its folder and name, and no other of that name", async () => {
  const { definitions } = azureDevOps.state;
  const like = definitions[0] as (typeof definitions)[number];
  const many = Array.from({ length: 1200 }, (_, index) => ({
    ...like,
    ...{ id: 10_000 + index, name: `many-${index % 600}`, path: index < 600 ? "\\" : "\\other" },
  }));
  definitions.push(...many);
  expect(await findDefinition(api, "\\", "many-599")).toMatchObject({ id: 10_599 });
  expect(await findDefinition(api, "\\OTHER", "Many-599")).toMatchObject({ id: 11_199 });
  expect(await findDefinition(api, "\\", "many")).toBeUndefined();
});
