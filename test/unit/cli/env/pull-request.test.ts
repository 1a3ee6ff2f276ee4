import { findPullRequest, type NamedPullRequest } from "../../../../src/cli/env/comment/pull-request";
import { bodyLimit, type CommentTarget, writeComment } from "../../../../src/cli/env/comment/write-comment";
import { TestAzureRepos, TestGitHub } from "../../support/pull-request-service";

describe("the pull request of a run", () => {
  const azureRepos = {
    BUILD_REPOSITORY_PROVIDER: "TfsGit",
    BUILD_REPOSITORY_ID: "6430e7e5",
    SYSTEM_COLLECTIONURI: "https://dev.azure.com/contoso/",
    SYSTEM_TEAMPROJECT: "ml ops",
    SYSTEM_PULLREQUEST_PULLREQUESTID: "7",
    SYSTEM_ACCESSTOKEN: "token",
  };
  const gitHub = {
    BUILD_REPOSITORY_PROVIDER: "GitHub",
    BUILD_REPOSITORY_ID: "contoso/diabetes",
    SYSTEM_PULLREQUEST_PULLREQUESTID: "1234567",
    SYSTEM_PULLREQUEST_PULLREQUESTNUMBER: "7",
    GITHUB_TOKEN: "token",
  };
  const found = {
    service: "azureRepos",
    organizationUrl: "https://dev.azure.com/contoso/",
    project: "ml ops",
    repository: "6430e7e5",
    number: 7,
    token: "token",
  };

  test("is read from its variables, in Azure Repos and in GitHub", () => {
    expect(findPullRequest(azureRepos)).toEqual(found);
    expect(findPullRequest(gitHub)).toEqual({
      service: "gitHub",
      apiUrl: "https://api.github.com",
      repository: "contoso/diabetes",
      number: 7,
      token: "token",
    });
    const enterprise = { BUILD_REPOSITORY_PROVIDER: "GitHubEnterprise", GITHUB_API_URL: "https://git.test/api/v3" };
    expect(findPullRequest({ ...gitHub, ...enterprise })).toMatchObject({ apiUrl: "https://git.test/api/v3" });
  });

  test("gets its comment by the run's own token, where the other is of an identity that may only read", () => {
    expect(findPullRequest({ ...azureRepos, AZDO_PERSONAL_ACCESS_TOKEN: "reader" })).toEqual(found);
  });

  test("is the one that is named, where one is", () => {
    const named: NamedPullRequest = {
      service: "azureRepos",
      organizationUrl: "https://dev.azure.com/other",
      project: "p",
      repository: "r",
      number: 8,
    };
    expect(findPullRequest({ AZDO_PERSONAL_ACCESS_TOKEN: "mine" }, named)).toEqual({ ...named, token: "mine" });
    expect(findPullRequest(azureRepos, named)).toMatchObject(named);
  });

  test.each<[variable: string, env: NodeJS.ProcessEnv, message: RegExp]>([
    ["BUILD_REPOSITORY_PROVIDER", azureRepos, /BUILD_REPOSITORY_PROVIDER is not set/],
    ["BUILD_REPOSITORY_ID", azureRepos, /the repository is not known: BUILD_REPOSITORY_ID is not set/],
    ["SYSTEM_COLLECTIONURI", azureRepos, /the organization is not known: SYSTEM_COLLECTIONURI is not set/],
    ["SYSTEM_TEAMPROJECT", azureRepos, /the project is not known: SYSTEM_TEAMPROJECT is not set/],
    ["SYSTEM_PULLREQUEST_PULLREQUESTID", azureRepos, /not for a pull request: SYSTEM_PULLREQUEST_PULLREQUESTID is not/],
    ["SYSTEM_ACCESSTOKEN", azureRepos, /map SYSTEM_ACCESSTOKEN: \$\(System.AccessToken\)/],
    ["SYSTEM_PULLREQUEST_PULLREQUESTNUMBER", gitHub, /not for a pull request: SYSTEM_PULLREQUEST_PULLREQUESTNUMBER/],
    ["GITHUB_TOKEN", gitHub, /Set GITHUB_TOKEN/],
    ["GITHUB_API_URL", { ...gitHub, BUILD_REPOSITORY_PROVIDER: "GitHubEnterprise" }, /Set it to https:\/\/\{host\}/],
  ])("is not known without %s, and the error says what to do", (variable, env, message) => {
    expect(() => findPullRequest({ ...env, [variable]: undefined })).toThrow(message);
    expect(() => findPullRequest({ ...env, [variable]: "" })).toThrow(message);
    // What is left of a variable that the pipeline does not have.
    expect(() => findPullRequest({ ...env, [variable]: "$(Some.Variable)" })).toThrow(message);
  });

  test.each<[env: NodeJS.ProcessEnv, message: RegExp]>([
    [{ BUILD_REPOSITORY_PROVIDER: "Bitbucket" }, /BUILD_REPOSITORY_PROVIDER is "Bitbucket"/],
    [{ BUILD_REPOSITORY_PROVIDER: "toString" }, /BUILD_REPOSITORY_PROVIDER is "toString"/],
    [{ SYSTEM_PULLREQUEST_PULLREQUESTNUMBER: "7/../8" }, /"7\/..\/8", which is not the number of a pull request/],
    [{ BUILD_REPOSITORY_ID: "contoso/a/../../b" }, /must be owner\/name/],
  ])("is refused if it is none: %j", (env, message) => {
    expect(() => findPullRequest({ ...gitHub, ...env })).toThrow(message);
  });
});

const services = [
  {
    name: "GitHub",
    Service: TestGitHub,
    pullRequest: (url: string, token: string): CommentTarget["pullRequest"] => ({
      service: "gitHub",
      apiUrl: `${url}/api/v3`,
      repository: "contoso/diabetes",
      number: 7,
      token,
    }),
    page: (_: string, id: number) => `https://github.test/contoso/diabetes/pull/7#issuecomment-${id}`,
    limit: 65_536,
    forbidden: /403 Resource not accessible by integration\. The access token \(GITHUB_TOKEN\) must be able to write/,
  },
  {
    name: "Azure Repos",
    Service: TestAzureRepos,
    pullRequest: (url: string, token: string): CommentTarget["pullRequest"] => ({
      service: "azureRepos",
      organizationUrl: `${url}/contoso/`,
      project: "ml ops",
      repository: "diabetes",
      number: 7,
      token,
    }),
    page: (url: string, id: number) => `${url}/contoso/ml%20ops/_git/diabetes/pullrequest/7?discussionId=${id}`,
    limit: 150_000,
    forbidden: /TF401027: .* needs "Contribute to pull requests" on the repository/,
  },
];

describe.each(services)("a comment in $name", ({ Service, pullRequest, page, limit, forbidden }) => {
  let service: InstanceType<typeof Service>;

  beforeEach(async () => {
    service = new Service();
    await service.start();
  });

  afterEach(() => service.stop());

  function target(more: Partial<CommentTarget> = {}, token = "token"): CommentTarget {
    return { pullRequest: pullRequest(service.url, token), program: "job-container", subject: "dev", ...more };
  }

  const bodies = () => service.comments.map(({ body }) => body.replace(/^<!-- .* -->\n/, "marked: "));

  test("is created, and afterwards updated", async () => {
    service.add("a person's");
    const created = await writeComment(target(), "one");
    expect(created).toEqual({ action: "created", url: page(service.url, 102), others: [] });
    const updated = await writeComment(target(), "two");
    expect(updated).toEqual({ ...created, action: "updated" });
    expect(bodies()).toEqual(["a person's", "marked: two"]);
  });

  test("is another one for another program or subject, also if their names are near", async () => {
    const targets = [{}, { subject: "dev2" }, { program: "job" }, { subject: "a --> b" }, { subject: "a--b" }];
    for (const each of targets) await writeComment(target(each), JSON.stringify(each));
    expect(bodies()).toEqual(targets.map((each) => `marked: ${JSON.stringify(each)}`));
    // HTML allows no other -- within a comment.
    for (const { body } of service.comments) expect(body.split("\n")[0]).toMatch(/^<!--((?!--).)*-->$/);
  });

  test("is known by its begin, not by what somebody quotes", async () => {
    await writeComment(target(), "one");
    const quoted = { id: 1, body: `> ${service.comments[0]?.body}` };
    service.comments.unshift(quoted);
    expect(await writeComment(target(), "two")).toMatchObject({ action: "updated", others: [] });
    expect(quoted.body).toContain("one");
  });

  test("is created again if it was deleted, also between reading and updating", async () => {
    await writeComment(target(), "one");
    Object.assign(service.comments[0] ?? {}, { deleted: true });
    await writeComment(target(), "two");
    service.interfere = (method) => {
      if (method === "PATCH") Object.assign(service.comments[1] ?? {}, { deleted: true });
      return undefined;
    };
    expect(await writeComment(target(), "three")).toMatchObject({ action: "created" });
    expect(bodies()).toEqual(["marked: one", "marked: two", "marked: three"]);
  });

  test("is the first of several, of which the others are named and left as they are", async () => {
    await writeComment(target(), "one");
    const mark = service.comments[0]?.body.split("\n")[0];
    service.add(`${mark}\nother`);
    expect(await writeComment(target(), "two")).toEqual({
      action: "updated",
      url: page(service.url, 101),
      others: [page(service.url, 102)],
    });
    expect(bodies()).toEqual(["marked: two", "marked: other"]);
  });

  test("is one also if two runs write it at the same time", async () => {
    let mark = "";
    service.interfere = (method) => {
      // Another run, which has read the comments before as well, is a moment faster.
      if (method === "POST" && service.comments.length === 0) service.add(`${mark}\nother's`);
      return undefined;
    };
    await writeComment(target(), "none");
    mark = service.comments.at(-1)?.body.split("\n")[0] ?? "";
    service.comments.length = 0;

    const first = page(service.url, 103);
    expect(await writeComment(target(), "ours")).toEqual({ action: "updated", url: first, others: [] });
    expect(bodies()).toEqual(["marked: ours", `The preview is in [an earlier comment](${first}).`]);
    expect(await writeComment(target(), "later")).toEqual({ action: "updated", url: first, others: [] });
  });

  test("may have as many characters as the service takes, with its mark", async () => {
    await writeComment(target(), "x".repeat(bodyLimit(target())));
    expect(service.comments[0]?.body).toHaveLength(limit);
    await expect(writeComment(target({ subject: "b" }), "x".repeat(limit))).rejects.toThrow(/longer than|too long/);
  });

  test("is refused with the reason: a wrong token, one that may not, no such pull request", async () => {
    await expect(writeComment(target({}, "wrong"), "one")).rejects.toThrow(/401.*TOKEN\) is wrong/s);
    await expect(writeComment(target({}, "reader"), "one")).rejects.toThrow(forbidden);
    const none = { ...pullRequest(service.url, "token"), number: 8 };
    await expect(writeComment(target({ pullRequest: none }), "one")).rejects.toThrow(/pull ?request.*8.*token/is);
    expect(service.comments).toEqual([]);
  });

  test("is refused with the address if nobody answers", async () => {
    const gone = target();
    await service.stop();
    await expect(writeComment(gone, "one")).rejects.toThrow(/failed: .*ECONNREFUSED/);
    await service.start();
  });
});

describe("GitHub", () => {
  let service: TestGitHub;
  const target = (): CommentTarget => ({
    pullRequest: {
      service: "gitHub",
      apiUrl: `${service.url}/api/v3/`,
      repository: "contoso/diabetes",
      number: 7,
      token: "token",
    },
    program: "p",
    subject: "s",
  });

  beforeEach(async () => {
    service = new TestGitHub();
    await service.start();
  });

  afterEach(() => service.stop());

  test("has the comment on whichever page of many", async () => {
    for (let n = 0; n < 250; n += 1) service.add("a person's");
    await writeComment(target(), "one");
    service.asked.length = 0;
    expect(await writeComment(target(), "two")).toMatchObject({ action: "updated" });
    expect(service.asked.map((line) => line.split(" ")[0])).toEqual(["GET", "GET", "GET", "PATCH"]);
  });

  test("may have the comment deleted for good: it is created again", async () => {
    await writeComment(target(), "one");
    service.interfere = (method) => {
      return method === "PATCH" ? { status: 410, body: { message: "Gone" } } : undefined;
    };
    expect(await writeComment(target(), "two")).toMatchObject({ action: "created" });
  });

  test("does not lead the token to another host", async () => {
    const headers = { link: '<https://elsewhere.test/comments?page=2>; rel="next"' };
    service.interfere = () => ({ status: 200, body: [], headers });
    await expect(writeComment(target(), "one")).rejects.toThrow(/next page at https:\/\/elsewhere\.test/);
  });

  test.each([
    [403, { message: "API rate limit exceeded" }, /403 API rate limit exceeded/],
    [410, { message: "This issue was deleted" }, /410 This issue was deleted/],
    [422, { message: "Validation Failed" }, /422 Validation Failed/],
    [502, undefined, /502 Bad Gateway/],
    [200, { message: "no list" }, /does not answer as GitHub's API does. Is GITHUB_API_URL right\?/],
  ])("may answer %d: the error says so", async (status, body, message) => {
    service.interfere = () => ({ status, body });
    await expect(writeComment(target(), "one")).rejects.toThrow(message);
  });
});

test("a thread in Azure Repos has no status: an active one would have to be resolved by a person", async () => {
  const service = new TestAzureRepos();
  await service.start();
  const organizationUrl = `${service.url}/contoso`;
  await writeComment(
    {
      pullRequest: {
        service: "azureRepos",
        organizationUrl,
        project: "ml ops",
        repository: "diabetes",
        number: 7,
        token: "token",
      },
      program: "p",
      subject: "s",
    },
    "one",
  );
  expect(service.created).toEqual([{}]);
  await service.stop();
});
