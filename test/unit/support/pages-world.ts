import type { ExecuteRun } from "../../../local-cloud/agent/run";
import type { RegistryContents } from "../../../local-cloud/registry/contents";
import { LocalAzureDevOps } from "./local-azure-devops";
import { part } from "./part";

/** Everywhere in names and texts: it would run if it were not escaped. */
export const evil = `<img src=x onerror="alert(1)">'&`;

/** What no page may show. */
export const secrets = ["variable-s3cret", "group-s3cret", "password-s3cret", "token-s3cret", "queued-s3cret"];

/** What the registry of the world below has. */
export const digest = `sha256:${"ab".repeat(32)}`;

const registries: RegistryContents = {
  list: () => [{ name: "mlopscr", loginServer: "127.0.0.1:9490" }],
  repositories: async () => ["mlops/diabetes_regression", "empty"],
  images: async (_, repository) =>
    repository === "mlops/diabetes_regression"
      ? [
          {
            ...{ tag: "latest", digest, mediaType: "application/vnd.oci.image.manifest.v1+json" },
            ...{ size: 51_234_567, platforms: ["linux/amd64"], created: "2026-01-02T03:04:05Z" },
          },
        ]
      : [],
};

/** What the agent does with the run of that world: one step that warns, one that fails. */
export const execute: ExecuteRun = async (_plan, _context, recorder) => {
  recorder.planned([
    part("stage", "Stage", undefined),
    part("job", "Job", "stage"),
    part("first step", "Task", "job", 1),
    part("last step", "Task", "job", 2),
  ]);
  for (const id of ["stage", "job", "first step"]) recorder.started(id);
  recorder.log("first step", `##[command]echo ${evil}`);
  recorder.log("first step", `\u001b[32mgreen\u001b[0m ${evil}`);
  recorder.issue("first step", "warning", `careful ${evil}`);
  recorder.finished("first step", "succeededWithIssues");
  recorder.started("last step");
  recorder.log("last step", "##[error]Bash exited with code '3'.");
  recorder.issue("last step", "error", "Bash exited with code '3'.");
  recorder.published({ kind: "tag", tag: evil });
  recorder.published({
    kind: "testResults",
    run: {
      ...{ title: `pytest ${evil}`, platform: "linux", configuration: "" },
      ...{ started: "2026-01-02T03:04:05Z", completed: "2026-01-02T03:04:06Z" },
      results: [
        { name: "test_good", outcome: "Passed", durationInMs: 12 },
        {
          name: evil,
          storage: "tests.model",
          outcome: "Failed",
          durationInMs: 3,
          errorMessage: evil,
          stackTrace: evil,
        },
      ],
    },
  });
  recorder.published({ kind: "coverage", statistics: [{ label: evil, position: 4, covered: 3, total: 8 }] });
  for (const id of ["last step", "job", "stage"]) recorder.finished(id, "failed");
  return "failed";
};

const yaml = `
parameters:
- name: which
  type: string
  default: all
steps:
- bash: exit 3
`;

/** An Azure DevOps with something of everything, with names and texts that are a danger to a page, and secrets. */
export async function startWorld(run: ExecuteRun = execute): Promise<LocalAzureDevOps> {
  const azureDevOps = await LocalAzureDevOps.start(run, undefined, registries);
  const { projectId, repositoryId } = azureDevOps;
  const ok = async (method: string, path: string, body: object) => {
    const answer = await azureDevOps.request(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const shared = (name: string) => [{ projectReference: { id: projectId }, name, description: evil }];

  await ok("POST", `mlops/_apis/git/repositories/${repositoryId}/pushes`, {
    refUpdates: [{ name: "refs/heads/main", oldObjectId: azureDevOps.head() }],
    commits: [
      {
        comment: `Add files ${evil}`,
        changes: [
          ...Object.entries({ "/ci.yml": yaml, "/a b/50% #1?.txt": evil }).map(([path, content]) => ({
            ...{ changeType: "add", item: { path }, newContent: { content, contentType: "rawtext" } },
          })),
          {
            ...{ changeType: "add", item: { path: "/binary" } },
            newContent: { content: Buffer.from([0, 1, 2]).toString("base64"), contentType: "base64encoded" },
          },
        ],
      },
    ],
  });
  await ok("POST", "mlops/_apis/git/repositories", { name: "empty" });
  const git = `mlops/_apis/git/repositories/${repositoryId}`;
  const main = azureDevOps.head();
  await ok("POST", `${git}/refs`, [{ name: "refs/heads/tensorflow", oldObjectId: "0".repeat(40), newObjectId: main }]);
  await ok("POST", `${git}/pullrequests`, {
    ...{ title: `Use it ${evil}`, description: evil },
    ...{ sourceRefName: "refs/heads/tensorflow", targetRefName: "refs/heads/main" },
  });
  await ok("POST", `${git}/pullrequests/1/threads`, { comments: [{ content: `What it does: ${evil}` }] });

  const parameters = {
    tenantId: "6f1b2c3d-0a4e-4f5b-8c6d-7e8f90a1b2c3",
    loginServer: "mlopscr.azurecr.io",
    scope: "/subscriptions/0/registries/mlopscr",
    serviceprincipalid: "11111111-0000-0000-0000-000000000000",
  };
  const connections = [
    { name: "acrconnection", type: "dockerregistry", scheme: "WorkloadIdentityFederation", parameters },
    {
      ...{ name: `other ${evil}`, type: "dockerregistry", scheme: "UsernamePassword" },
      parameters: { username: "me", password: "password-s3cret", registry: "https://registry.test" },
    },
    { name: "github", type: "github", scheme: "PersonalAccessToken", parameters: { accessToken: "token-s3cret" } },
  ];
  for (const { name, type, scheme, parameters } of connections) {
    await ok("POST", "_apis/serviceendpoint/endpoints", {
      ...{ name, type, url: "https://registry.test", authorization: { scheme, parameters } },
      serviceEndpointProjectReferences: shared(name),
    });
  }
  const group = await ok("POST", "_apis/distributedtask/variablegroups", {
    ...{ name: `group ${evil}`, type: "Vsts" },
    variables: { shown: { value: evil }, hidden: { value: "group-s3cret", isSecret: true } },
    variableGroupProjectReferences: shared(`group ${evil}`),
  });
  const definition = {
    repository: { id: repositoryId, type: "TfsGit", defaultBranch: "main" },
    process: { type: 2, yamlFilename: "ci.yml" },
  };
  await ok("POST", "mlops/_apis/build/definitions", {
    ...{ name: "image & more", path: "\\team's", ...definition, variableGroups: [{ id: group.id }] },
    variables: {
      shown: { value: evil, allowOverride: true },
      hidden: { value: "variable-s3cret", isSecret: true, allowOverride: true },
    },
  });
  await ok("POST", "mlops/_apis/build/definitions", { name: "never run", ...definition });
  const scope = [{ repositoryId, refName: "refs/heads/main", matchKind: "Exact" }];
  await ok("POST", "mlops/_apis/policy/configurations", {
    ...{ isEnabled: true, isBlocking: true, type: { id: "0609b952-1397-4640-95ec-e00a01b2c241" } },
    settings: { buildDefinitionId: 2, displayName: `Check ${evil}`, manualQueueOnly: true, scope },
  });
  const [connection, other] = azureDevOps.state.endpoints;
  const permissions = "mlops/_apis/pipelines/pipelinepermissions";
  await ok("PATCH", `${permissions}/endpoint/${connection?.id}`, { pipelines: [{ id: 1, authorized: true }] });
  await ok("PATCH", `${permissions}/endpoint/${other?.id}`, { allPipelines: { authorized: true } });
  await ok("PATCH", `${permissions}/variablegroup/${group.id}`, { pipelines: [{ id: 1, authorized: true }] });
  await ok("POST", "mlops/_apis/build/builds", {
    definition: { id: 1 },
    parameters: JSON.stringify({ shown: evil, hidden: "queued-s3cret" }),
    templateParameters: { which: evil },
  });
  return azureDevOps;
}

/** Waits until the world's run is over. */
export async function runIsOver(azureDevOps: LocalAzureDevOps): Promise<void> {
  while ((await azureDevOps.request("GET", "mlops/_apis/build/builds/1")).body.status !== "completed") {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
