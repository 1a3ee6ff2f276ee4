import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { BaseStack } from "../../../../src/cli/env/base-stack";
import { hasBranch, repositoryBranches } from "../../../../src/cli/env/repository-branches";
import { repositoryId } from "../../../../src/cli/env/repository-id";
import { LocalAzureDevOps, personalAccessToken } from "../../support/local-azure-devops";

/** GitHub's REST API, as far as it lists branches: two on a page. */
let server: Server;
let url: string;
let branches: string[];
beforeAll(async () => {
  server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    const asked = new URL(request.url ?? "/", url);
    if (asked.pathname === "/repos/contoso/diabetes") {
      response.end('{"id":4711}');
      return;
    }
    if (
      !/^\/repos\/contoso\/diabetes\/(?:branches$|git\/)/.test(asked.pathname) ||
      request.headers.authorization !== "Bearer token"
    ) {
      response.writeHead(404).end('{"message":"Not Found"}');
      return;
    }
    const [, prefix] = /^\/repos\/contoso\/diabetes\/git\/matching-refs\/heads\/(.*)$/.exec(asked.pathname) ?? [];
    if (prefix !== undefined) {
      const matching = branches.filter((name) => name.startsWith(decodeURIComponent(prefix)));
      response.end(JSON.stringify(matching.map((name) => ({ ref: `refs/heads/${name}` }))));
      return;
    }
    const page = Number(asked.searchParams.get("page") ?? 1);
    const next = new URL(asked);
    next.searchParams.set("page", String(page + 1));
    if (page * 2 < branches.length) response.setHeader("link", `<${url}/?page=1>; rel="first", <${next}>; rel="next"`);
    response.end(JSON.stringify(branches.slice((page - 1) * 2, page * 2).map((name) => ({ name }))));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  url = `http://127.0.0.1:${port}`;
});
afterAll(() => server.close());

const base = (name = "contoso/diabetes"): BaseStack => ({
  name: "dev",
  settings: { base: "dev", stackName: "{base}-{environment}" },
  namespace: "job-container",
  file: { config: {} },
  organizationUrl: "https://dev.azure.com/contoso",
  project: "mlops",
  repository: { kind: "gitHub", name, defaultBranch: "main", serviceConnection: "github" },
});
const read = (env: NodeJS.ProcessEnv = {}, name?: string) =>
  repositoryBranches(base(name), { GITHUB_API_URL: url, GITHUB_TOKEN: "token", ...env });

test("all pages of GitHub's list are read", async () => {
  branches = ["main", "a", "feature/b", "c", "d"];
  expect([...(await read())].sort()).toEqual([...branches].sort());
});

test("all pages of Azure Repos' list are read", async () => {
  const azureDevOps = await LocalAzureDevOps.start();
  try {
    const git = await azureDevOps.client.getGitApi();
    const [main] = await git.getRefs(azureDevOps.repositoryId, "mlops", "heads/main");
    const names = Array.from({ length: 5000 }, (_, index) => `feature/${index}`);
    await git.updateRefs(
      names.map((name) => ({
        name: `refs/heads/${name}`,
        oldObjectId: "0".repeat(40),
        newObjectId: main?.objectId,
      })),
      azureDevOps.repositoryId,
      "mlops",
    );
    const env = { AZDO_PERSONAL_ACCESS_TOKEN: personalAccessToken };
    const repository = { kind: "azureRepos", name: "diabetes_regression", defaultBranch: "main" } as const;
    const local = { ...base(), organizationUrl: azureDevOps.url, repository };
    const found = await repositoryBranches(local, env);
    expect([...found].sort()).toEqual(["main", ...names].sort());
    expect(await hasBranch(local, env, "feature/4999")).toBe(true);
    expect(await hasBranch(local, env, "feature/5000")).toBe(false);
  } finally {
    await azureDevOps.close();
  }
});

test("a repository is known by its id, whatever it is called", async () => {
  expect(await repositoryId(base(), { GITHUB_API_URL: url, GITHUB_TOKEN: "token" })).toBe("4711");
});

test("a repository that cannot be read is not one without branches", async () => {
  await expect(read({ GITHUB_TOKEN: "wrong" })).rejects.toThrow(
    "reading the branches of contoso/diabetes on GitHub failed: 404 Not Found. The access token (GITHUB_TOKEN) must be",
  );
});

test("a GitHub that does not answer is one that a person can do something about", async () => {
  await expect(read({ GITHUB_API_URL: "http://127.0.0.1:1" })).rejects.toThrow(
    /^reading the branches of contoso\/diabetes on GitHub failed: http:\/\/127\.0\.0\.1:1 does not answer: /,
  );
});

test("nothing is concluded from a list without the default branch", async () => {
  branches = ["a"];
  await expect(read()).rejects.toThrow("the repository contoso/diabetes has no branch main");
});

test.each([
  ["feature/b", true],
  ["feature/b#1", true],
  ["feature", false],
  ["feature/b2", false],
])("one branch is asked for alone: %s", async (branch, expected) => {
  branches = ["main", "feature/b", "feature/b#1", "feature/bc"];
  expect(await hasBranch(base(), { GITHUB_API_URL: url, GITHUB_TOKEN: "token" }, branch)).toBe(expected);
});

test("whether there is a branch cannot be told where the repository cannot be read", async () => {
  await expect(hasBranch(base(), { GITHUB_API_URL: url, GITHUB_TOKEN: "wrong" }, "a")).rejects.toThrow(
    "looking for the branch a of contoso/diabetes on GitHub failed: 404 Not Found. The access token (GITHUB_TOKEN) must be",
  );
});
