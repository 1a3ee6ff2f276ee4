import { getPersonalAccessTokenHandler, WebApi } from "azure-devops-node-api";
import { scopedToken } from "../../../../local-cloud/azuredevops/scoped-token";
import { deployer, operator, previewer } from "../../../../local-cloud/cloud/identity";
import { LocalAzureDevOps, personalAccessToken, tenantId } from "../../support/local-azure-devops";

let azureDevOps: LocalAzureDevOps;

beforeAll(async () => {
  azureDevOps = await LocalAzureDevOps.start();
});

afterAll(() => azureDevOps.close());

describe("who is let in", () => {
  it("is the owner of the access token, whatever the user name", async () => {
    const credentials = Buffer.from(`anybody:${personalAccessToken}`).toString("base64");
    const headers = { Authorization: `Basic ${credentials}` };
    expect((await fetch(`${azureDevOps.url}/_apis/projects`, { headers })).status).toBe(200);
  });

  it.each([
    ["nobody", undefined],
    ["the bearer of another token", `Basic ${Buffer.from(":another").toString("base64")}`],
    ["who sends the token another way", `Bearer ${personalAccessToken}`],
  ])("is not %s", async (_, authorization) => {
    const headers: Record<string, string> = authorization ? { Authorization: authorization } : {};
    const response = await fetch(`${azureDevOps.url}/_apis/projects`, { headers });
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toMatch(/^Basic realm=/);
    expect(await response.json()).toMatchObject({
      $id: "1",
      message: "TF400813: The user '' is not authorized to access this resource.",
      typeKey: "UnauthorizedRequestException",
    });
  });

  it("is told by Microsoft's client when the token is wrong", async () => {
    const client = new WebApi(azureDevOps.url, getPersonalAccessTokenHandler("another"));
    await expect(client.connect()).rejects.toMatchObject({ statusCode: 401 });
  });

  it("learns who it is", async () => {
    const { authenticatedUser, instanceId } = await azureDevOps.client.connect();
    expect(instanceId).toBe(azureDevOps.state.organizationId);
    expect(authenticatedUser?.providerDisplayName).toBe("Local operator");
    expect(authenticatedUser?.descriptor).toBe(
      `Microsoft.IdentityModel.Claims.ClaimsIdentity;${tenantId}\\operator@local.example`,
    );
  });
});

describe("an identity of Microsoft Entra", () => {
  const ask = (authorization: string, method: string, path: string) =>
    fetch(`${azureDevOps.url}/${path}?api-version=7.1`, {
      method,
      headers: { Authorization: authorization, "content-type": "application/json" },
      ...(method !== "GET" && { body: "{}" }),
    });
  const basic = (objectId: string) => `Basic ${Buffer.from(`:entra:${objectId}`).toString("base64")}`;
  const definitions = "mlops/_apis/build/definitions";

  it("is let in with its token as a password, and as a bearer", async () => {
    for (const authorization of [basic(previewer.objectId), `Bearer entra:${previewer.objectId}`]) {
      expect((await ask(authorization, "GET", definitions)).status).toBe(200);
    }
  });

  it("is not if nobody has added it to the organization's users", async () => {
    const response = await ask(basic(operator.objectId), "GET", "_apis/projects");
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({
      message: `TF400813: The user '${operator.objectId}' is not authorized to access this resource.`,
    });
  });

  it("may what its groups may", async () => {
    // What is wrong with the request is only looked at for who may make it.
    expect((await ask(basic(deployer.objectId), "POST", definitions)).status).toBe(400);
    const refused = await ask(basic(previewer.objectId), "POST", definitions);
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({
      message: expect.stringContaining("TF215106: Access denied. Previews needs Edit build pipeline permissions"),
      typeKey: "AccessDeniedException",
    });
  });
});

describe("a token with scopes", () => {
  const statusOf = async (scope: string, method: string, path: string) => {
    const credentials = Buffer.from(`:${scopedToken(personalAccessToken, [scope])}`).toString("base64");
    const headers = { Authorization: `Basic ${credentials}`, "content-type": "application/json" };
    const body = method === "GET" ? undefined : "{}";
    return (await fetch(`${azureDevOps.url}/${path}?api-version=7.1`, { method, headers, body })).status;
  };

  it.each([
    ["vso.project", "vso.code", "GET", "_apis/projects"],
    ["vso.code", "vso.build", "GET", "mlops/_apis/git/repositories"],
    ["vso.code_write", "vso.code", "POST", "mlops/_apis/policy/configurations"],
    ["vso.build_execute", "vso.build", "POST", "mlops/_apis/build/definitions"],
    ["vso.serviceendpoint_manage", "vso.serviceendpoint_query", "POST", "_apis/serviceendpoint/endpoints"],
    [
      "vso.pipelineresources_manage",
      "vso.build_execute",
      "PATCH",
      "mlops/_apis/pipelines/pipelinepermissions/endpoint/1",
    ],
    ["vso.build", "vso.pipelineresources_use", "GET", "mlops/_apis/pipelines/pipelinepermissions/endpoint/1"],
    ["vso.pipelineresources_manage", "vso.build_execute", "POST", "mlops/_apis/pipelines/checks/configurations"],
    ["vso.build", "vso.pipelineresources_use", "GET", "mlops/_apis/pipelines/checks/configurations/1"],
    ["vso.work", "vso.project", "GET", "_apis/process/processes"],
    ["vso.project", "vso.build_execute", "GET", "mlops/_apis/build/generalsettings"],
    ["vso.project_write", "vso.project", "PATCH", "mlops/_apis/build/generalsettings"],
    ["vso.project_write", "vso.project", "PATCH", "_apis/projects/1"],
    ["vso.threads_full", "vso.code", "POST", "mlops/_apis/git/repositories/1/pullRequests/1/threads"],
    ["vso.code_write", "vso.code", "POST", "mlops/_apis/git/repositories/1/pullRequests/1/threads"],
    ["vso.code_full", "vso.code_write", "POST", "mlops/_apis/git/repositories"],
    ["vso.variablegroups_read", "vso.build_execute", "GET", "mlops/_apis/distributedtask/variablegroups"],
    ["vso.agentpools", "vso.build_execute", "GET", "_apis/distributedtask/pools"],
    ["vso.agentpools_manage", "vso.agentpools", "POST", "mlops/_apis/distributedtask/queues"],
    ["vso.environment_manage", "vso.agentpools_manage", "GET", "mlops/_apis/pipelines/environments"],
    ["vso.project", "vso.code", "GET", "_apis/operations/1"],
    ["vso.project_manage", "vso.project_write", "POST", "_apis/projects"],
    ["vso.test", "vso.build_execute", "GET", "mlops/_apis/test/runs"],
  ])("%s is what it takes, and %s is not: %s %s", async (enough, tooLittle, method, path) => {
    expect(await statusOf(tooLittle, method, path)).toBe(401);
    expect(await statusOf(enough, method, path)).not.toBe(401);
  });

  it("is not let in if it was made elsewhere, or gave itself scopes", async () => {
    const [, proof] = scopedToken(personalAccessToken, ["vso.code"]).split(".");
    const forged = `${Buffer.from("vso.project").toString("base64url")}.${proof}`;
    for (const token of [forged, scopedToken("another", ["vso.project"])]) {
      const headers = { Authorization: `Basic ${Buffer.from(`:${token}`).toString("base64")}` };
      expect((await fetch(`${azureDevOps.url}/_apis/projects`, { headers })).status).toBe(401);
    }
  });
});

describe("API versions", () => {
  const request = (method: string, version: string | undefined) =>
    fetch(`${azureDevOps.url}/_apis/serviceendpoint/endpoints${version ? `?api-version=${version}` : ""}`, {
      method,
      headers: { Authorization: `Basic ${Buffer.from(`:${personalAccessToken}`).toString("base64")}` },
    });

  it.each([
    ["none at all", undefined, "VssVersionNotSpecifiedException"],
    ["one that is yet to come", "9.0", "VssVersionOutOfRangeException"],
    ["one that is no version", "latest", "ArgumentException"],
  ])("are asked for in a change: %s is refused", async (_, version, typeKey) => {
    const response = await request("POST", version);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ typeKey });
  });
});

describe("what is not here", () => {
  it.each([
    ["GET", "_apis/wit/workitems/1"],
    ["POST", "mlops/_apis/build/metrics"],
    ["GET", "../elsewhere/_apis/projects"],
  ])("is refused by name: %s %s", async (method, path) => {
    const { status, body } = await azureDevOps.request(method, path);
    expect(status).toBe(404);
    const { pathname } = new URL(path, `${azureDevOps.url}/`);
    expect(body.message).toBe(`The local Azure DevOps has no API at ${method} ${pathname}.`);
  });

  it("is not found in a body that is no JSON", async () => {
    const response = await fetch(`${azureDevOps.url}/mlops/_apis/pipelines?api-version=7.1`, {
      method: "POST",
      headers: {
        Authorization: `Basic ${Buffer.from(`:${personalAccessToken}`).toString("base64")}`,
        "Content-Type": "application/json",
      },
      body: "{",
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ $id: "1", typeKey: "ArgumentException" });
  });
});

it("a request without a body may say that it is JSON, as Microsoft's client for Python does", async () => {
  const send = (method: string, path: string) =>
    fetch(`${azureDevOps.url}/${path}?api-version=7.1`, {
      method,
      headers: {
        Authorization: `Basic ${Buffer.from(`:${personalAccessToken}`).toString("base64")}`,
        "Content-Type": "application/json",
      },
    });
  expect((await send("DELETE", "mlops/_apis/distributedtask/queues/2")).status).toBe(204);
  expect((await send("POST", "mlops/_apis/pipelines")).status).toBe(400);
});

describe("finding the APIs", () => {
  it("lists the locations, all of them or an area's", async () => {
    const all = await azureDevOps.request("OPTIONS", "_apis");
    const build = await azureDevOps.request("OPTIONS", "_apis/Build");
    expect(all.body.value).toContainEqual(expect.objectContaining({ area: "core", resourceName: "projects" }));
    expect(build.body.value).not.toContainEqual(expect.objectContaining({ area: "core" }));
    expect(build.body.value).toContainEqual({
      id: "dbeaf647-6167-421a-bda9-c9327b25e2e6",
      area: "build",
      resourceName: "definitions",
      routeTemplate: "{project}/_apis/{area}/{resource}/{definitionId}",
      resourceVersion: 7,
      minVersion: "1.0",
      maxVersion: "7.2",
      releasedVersion: "7.1",
    });
  });

  it("tells where an area is served", async () => {
    const locations = await azureDevOps.client.getLocationsApi();
    const git = await locations.getResourceArea("4e080c62-fa21-4fbc-8fef-2a10a2b38049");
    expect(git).toMatchObject({ name: "git", locationUrl: `${azureDevOps.url}/` });
    expect(await locations.getResourceArea("00000000-0000-0000-0000-000000000000")).toBeNull();
  });
});

describe("projects", () => {
  it("are listed, and found by name and by id", async () => {
    const core = await azureDevOps.client.getCoreApi();
    const [listed] = await core.getProjects();
    expect(listed).toMatchObject({ name: "mlops", id: azureDevOps.projectId });
    expect(await core.getProject("MLOPS")).toMatchObject({ id: azureDevOps.projectId });
    const project = await core.getProject(azureDevOps.projectId, true);
    expect(project.capabilities?.processTemplate?.templateName).toBe("Agile");
    expect(project._links.web.href).toBe(`${azureDevOps.url}/mlops`);
  });

  it("that do not exist are told apart by how they are named", async () => {
    expect((await azureDevOps.request("GET", "_apis/projects/nowhere")).body).toMatchObject({
      message: expect.stringMatching(/^TF200016: The following project does not exist: nowhere\. /),
      typeKey: "ProjectDoesNotExistWithNameException",
    });
    const id = "00000000-0000-0000-0000-000000000001";
    const answer = await azureDevOps.request("GET", `${id}/_apis/git/repositories`);
    expect(answer.status).toBe(404);
    expect(answer.body).toMatchObject({
      message: expect.stringMatching(/^VS800075: The project with id 'vstfs:\/\/\/Classification\/TeamProject\/0000/),
      typeKey: "ProjectDoesNotExistException",
    });
  });

  it("follow a process", async () => {
    const core = await azureDevOps.client.getCoreApi();
    const [process] = await core.getProcesses();
    expect(await core.getProcessById(process?.id ?? "")).toMatchObject({ name: "Agile", isDefault: true });
    expect((await azureDevOps.request("GET", "_apis/process/processes/x")).status).toBe(404);
  });
});
