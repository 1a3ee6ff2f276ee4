import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { scopedToken } from "../../../../../local-cloud/azuredevops/scoped-token";
import { organizationUsers } from "../../../../../local-cloud/cloud/organization-users";
import { LocalAzureDevOps, personalAccessToken } from "../../../support/local-azure-devops";

let azureDevOps: LocalAzureDevOps;
let folder: string;
/** A clone of the repository, of the test's own. */
let clone: string;

beforeEach(async () => {
  azureDevOps = await LocalAzureDevOps.start();
  folder = mkdtempSync(join(tmpdir(), "clones-"));
  clone = join(folder, "clone");
});
afterEach(async () => {
  await azureDevOps.close();
  rmSync(folder, { recursive: true });
});

interface Ended {
  code: number;
  said: string;
}

/** Runs git as a person does, whose settings are only who they are. */
function git(...args: string[]): Promise<Ended> {
  const settings = ["-c", "user.name=Ada", "-c", "user.email=ada@contoso.com", "-c", "credential.helper="];
  const env = { PATH: process.env.PATH, HOME: folder, LC_ALL: "C", GIT_TERMINAL_PROMPT: "0", GIT_CONFIG_NOSYSTEM: "1" };
  return new Promise((resolve) => {
    execFile("git", [...settings, ...args], { env, cwd: folder }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === "number" ? error.code : 0, said: stdout + stderr }),
    );
  });
}

async function succeed(...args: string[]): Promise<string> {
  const { code, said } = await git(...args);
  if (code !== 0) throw new Error(`git ${args.join(" ")}: ${said}`);
  return said;
}

/** A repository's URL, with a token as its password. */
function url(token = personalAccessToken, path = "mlops/_git/diabetes_regression"): string {
  return `${azureDevOps.url.replace("http://", `http://anybody:${encodeURIComponent(token)}@`)}/${path}`;
}

/** A token that may do less. */
const scoped = (...scopes: string[]) => scopedToken(personalAccessToken, scopes);

async function commit(path: string, text: string): Promise<void> {
  writeFileSync(join(clone, path), text);
  await succeed("-C", clone, "add", "--all");
  await succeed("-C", clone, "commit", "--quiet", "--message", `Write ${path}`);
}

const push = (...args: string[]) => git("-C", clone, "push", "--quiet", ...args);

async function protect(refName: string, matchKind = "exact"): Promise<void> {
  const definition = {
    ...{ name: "check", process: { yamlFilename: "docker/docker-image-pipeline.yml" } },
    repository: { id: azureDevOps.repositoryId, type: "TfsGit" },
  };
  await azureDevOps.request("POST", "mlops/_apis/build/definitions", definition);
  const scope = [{ repositoryId: azureDevOps.repositoryId, refName, matchKind }];
  const { status } = await azureDevOps.request("POST", "mlops/_apis/policy/configurations", {
    ...{ isEnabled: true, isBlocking: true, type: { id: "0609b952-1397-4640-95ec-e00a01b2c241" } },
    settings: { buildDefinitionId: 1, scope },
  });
  expect(status).toBe(200);
}

describe("a clone", () => {
  it("has what the API has, and checks out the default branch", async () => {
    await succeed("clone", "--quiet", url(), clone);
    expect(readFileSync(join(clone, "docker/Dockerfile"), "utf8")).toBe("FROM base\n");
    expect((await succeed("-C", clone, "rev-parse", "HEAD")).trim()).toBe(azureDevOps.head());
    expect((await succeed("-C", clone, "symbolic-ref", "HEAD")).trim()).toBe("refs/heads/main");
  });

  it("may be shallow, of one commit, or without the files that nobody needs", async () => {
    await succeed("clone", "--quiet", url(), clone);
    await commit("a", "a");
    await push("origin", "main");
    const other = join(folder, "other");
    await succeed("clone", "--quiet", "--depth=1", url(), other);
    expect((await succeed("-C", other, "rev-list", "--count", "HEAD")).trim()).toBe("1");
    await succeed(
      "-C",
      other,
      "fetch",
      "--quiet",
      "--depth=1",
      "origin",
      (await succeed("-C", clone, "rev-parse", "HEAD~1")).trim(),
    );
    await succeed("clone", "--quiet", "--filter=blob:none", "--no-checkout", url(), join(folder, "partial"));
  });

  it("is of the repository that is called like its project, where the URL names only that", async () => {
    await azureDevOps.createProject("models");
    expect(await git("ls-remote", url(undefined, "_git/models"))).toEqual({ code: 0, said: "" });
    expect(await git("ls-remote", url(undefined, "models/_git/models"))).toEqual({ code: 0, said: "" });
    expect((await git("ls-remote", url(undefined, "mlops/_git/models"))).said).toContain("TF401019");
  });

  it("of an empty repository is empty, and its first branch becomes the default one", async () => {
    await azureDevOps.createProject("models");
    await succeed("clone", "--quiet", url(undefined, "models/_git/models"), clone);
    await succeed("-C", clone, "checkout", "--quiet", "-b", "trunk");
    await commit("a", "a");
    expect(await push("origin", "trunk")).toEqual({ code: 0, said: "" });
    const { body } = await azureDevOps.request("GET", "models/_apis/git/repositories/models");
    expect(body.defaultBranch).toBe("refs/heads/trunk");
    expect(await succeed("ls-remote", "--symref", url(undefined, "models/_git/models"), "HEAD")).toContain(
      "ref: refs/heads/trunk\tHEAD",
    );
  });
});

describe("a push", () => {
  beforeEach(() => succeed("clone", "--quiet", url(), clone));

  it("is what the API reads then, whoever made its commits, and what the API makes is what is fetched", async () => {
    await commit("train.py", "import tensorflow\n");
    expect(await push("origin", "HEAD:refs/heads/topic", "HEAD:refs/tags/v1")).toEqual({ code: 0, said: "" });
    const api = await azureDevOps.client.getGitApi();
    const [last] = await api.getCommits("diabetes_regression", { itemVersion: { version: "topic" } }, "mlops");
    expect(last).toMatchObject({ comment: "Write train.py", author: { name: "Ada", email: "ada@contoso.com" } });
    const path = "mlops/_apis/git/repositories/diabetes_regression";
    const change = { changeType: "edit", item: { path: "/train.py" }, newContent: { content: "import torch\n" } };
    const { status, body } = await azureDevOps.request("POST", `${path}/pushes`, {
      refUpdates: [{ name: "refs/heads/topic", oldObjectId: last?.commitId }],
      commits: [{ comment: "Torch", changes: [change] }],
    });
    expect({ status, pushId: body.pushId }).toEqual({ status: 201, pushId: 3 });
    await succeed("-C", clone, "pull", "--quiet", "origin", "topic");
    expect(readFileSync(join(clone, "train.py"), "utf8")).toBe("import torch\n");
    expect(await push("origin", "--delete", "topic")).toEqual({ code: 0, said: "" });
    expect((await api.getRefs("diabetes_regression", "mlops")).map(({ name }) => name)).toEqual([
      "refs/heads/main",
      "refs/tags/v1",
    ]);
  });

  it("of more than Git sends in one piece goes through", async () => {
    const bytes = Buffer.alloc(3_000_000);
    for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE((at * 2654435761) >>> 0, at);
    writeFileSync(join(clone, "model.bin"), bytes);
    await commit("a", "a");
    expect(await push("origin", "main")).toEqual({ code: 0, said: "" });
    expect(azureDevOps.repository.fileAt(azureDevOps.head(), "model.bin")?.equals(bytes)).toBe(true);
  });

  it("that is behind is refused, unless it is forced", async () => {
    const other = join(folder, "other");
    await succeed("clone", "--quiet", url(), other);
    await commit("a", "a");
    expect((await push("origin", "main")).code).toBe(0);
    clone = other;
    await commit("b", "b");
    expect(await push("origin", "main")).toMatchObject({ code: 1, said: expect.stringContaining("[rejected]") });
    expect(await push("--force", "origin", "main")).toEqual({ code: 0, said: "" });
  });

  it("to a branch with a policy is refused, however the branch is changed, but not of who may bypass policies", async () => {
    await protect("refs/heads/release/", "prefix");
    await commit("a", "a");
    const reason =
      "TF402455: Pushes to this branch are not permitted; you must use a pull request to update this branch.";
    const contributor = url(scoped("vso.code_write"));
    const refused = await push(contributor, "HEAD:refs/heads/release/1", "HEAD:refs/heads/topic");
    expect(refused.code).toBe(1);
    expect(refused.said).toContain(`! [remote rejected] HEAD -> release/1 (${reason})`);
    expect(refused.said).toContain("HEAD -> topic (another ref of this push was refused)");
    expect(await push("origin", "HEAD:refs/heads/release/1")).toEqual({ code: 0, said: "" });
    expect((await push(contributor, "--delete", "release/1")).said).toContain(reason);
    expect(await push(contributor, "HEAD:refs/heads/topic")).toEqual({ code: 0, said: "" });

    const authorization = `Basic ${Buffer.from(`:${scoped("vso.code_write")}`).toString("base64")}`;
    const repository = `${azureDevOps.url}/mlops/_apis/git/repositories/diabetes_regression`;
    const post = (path: string, body: object) =>
      fetch(`${repository}/${path}?api-version=7.1`, {
        ...{ method: "POST", body: JSON.stringify(body) },
        headers: { authorization, "content-type": "application/json" },
      });
    const update = { name: "refs/heads/release/1", oldObjectId: azureDevOps.head("release/1") };
    const moved = await post("refs", [{ ...update, newObjectId: azureDevOps.head() }]);
    expect(await moved.json()).toMatchObject({ value: [{ success: false, updateStatus: "rejectedByPolicy" }] });
    const changes = [{ changeType: "add", item: { path: "/b" }, newContent: { content: "b" } }];
    const pushed = await post("pushes", { refUpdates: [update], commits: [{ changes }] });
    expect(pushed.status).toBe(403);
    expect(await pushed.json()).toMatchObject({ message: reason, typeKey: "GitRefUpdateRejectedByPolicyException" });
  });

  it.each(["refs/pull/1/merge", "refs/local-cloud/a", "refs/other"])("to %s is refused", async (ref) => {
    expect((await push("origin", `HEAD:${ref}`)).said).toContain("[remote rejected]");
  });

  it("moves the merge of a pull request along, which can be fetched", async () => {
    await commit("a", "a");
    await push("origin", "HEAD:refs/heads/topic");
    const pullRequest = { title: "Topic", sourceRefName: "refs/heads/topic", targetRefName: "refs/heads/main" };
    const path = "mlops/_apis/git/repositories/diabetes_regression/pullrequests";
    await azureDevOps.request("POST", path, pullRequest);
    await commit("b", "b");
    await push("origin", "HEAD:refs/heads/topic");
    await succeed("-C", clone, "fetch", "--quiet", "origin", "refs/pull/1/merge");
    const merged = await succeed("-C", clone, "log", "-1", "--format=%P %s", "FETCH_HEAD");
    const parents = `${azureDevOps.head()} ${azureDevOps.head("topic")}`;
    expect(merged.trim()).toBe(`${parents} Merge pull request 1 from topic into main`);
    expect((await azureDevOps.request("GET", `${path}/1`)).body).toMatchObject({
      mergeStatus: "succeeded",
      lastMergeCommit: { commitId: azureDevOps.repository.ref("refs/pull/1/merge") },
    });
  });
});

describe("who is not let in", () => {
  beforeEach(() => succeed("clone", "--quiet", url(), clone));

  it.each<[string, () => string]>([
    ["without a token", () => `${azureDevOps.url}/mlops/_git/diabetes_regression`],
    ["with a wrong one", () => url("wrong")],
    ["with one for something else", () => url(scoped("vso.build"))],
  ])("%s reads nothing", async (_, where) => {
    expect((await git("ls-remote", where())).said).toMatch(/could not read Username|Authentication failed/);
  });

  it("is told how to sign in", async () => {
    const answer = await fetch(`${azureDevOps.url}/mlops/_git/diabetes_regression/info/refs?service=git-upload-pack`);
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toMatch(/^Basic realm=/);
  });

  it("with a token that can only read pushes nothing, and one that can write may", async () => {
    await commit("a", "a");
    expect((await push(url(scoped("vso.code")), "main")).said).toContain("Authentication failed");
    expect(await git("ls-remote", url(scoped("vso.code")))).toMatchObject({ code: 0 });
    expect(await push(url(scoped("vso.code_write")), "main")).toEqual({ code: 0, said: "" });
  });

  it("takes a bearer token, and an identity that may only read pushes nothing, in the service's words", async () => {
    await commit("a", "a");
    const [objectId] = [...organizationUsers.keys()];
    const bearer = ["-c", `http.extraHeader=Authorization: Bearer entra:${objectId}`];
    const where = `${azureDevOps.url}/mlops/_git/diabetes_regression`;
    expect(await git(...bearer, "ls-remote", where)).toMatchObject({ code: 0 });
    const { said } = await git(...bearer, "-C", clone, "push", where, "main");
    expect(said).toContain("remote: TF401027: You need the Git 'GenericContribute' permission");
    expect(said).toContain("The requested URL returned error: 403");
  });

  it.each(["mlops/_git/nowhere", "nowhere/_git/diabetes_regression", "mlops/_git/..%2f..%2fetc"])(
    "finds nothing at %s, and is told so",
    async (path) => {
      const { code, said } = await git("ls-remote", url(undefined, path));
      expect(code).toBe(128);
      expect(said).toMatch(/remote: TF(401019|200016)/);
    },
  );

  it("finds no repository that is disabled", async () => {
    const path = `mlops/_apis/git/repositories/${azureDevOps.repositoryId}`;
    await azureDevOps.request("PATCH", path, { isDisabled: true });
    expect((await git("ls-remote", url())).said).toContain("TF401019");
  });
});

describe("a request by hand", () => {
  const post = (service: string, body: Buffer, headers: Record<string, string> = {}) =>
    fetch(`${azureDevOps.url}/mlops/_git/diabetes_regression/${service}`, {
      method: "POST",
      headers: {
        authorization: `Basic ${Buffer.from(`:${personalAccessToken}`).toString("base64")}`,
        "content-type": `application/x-${service}-request`,
        ...headers,
      },
      body: new Uint8Array(body),
    });

  it("may be compressed", async () => {
    const wanted = "0014command=ls-refs\n0000";
    for (const [body, headers] of [
      [Buffer.from(wanted), {}],
      [gzipSync(wanted), { "content-encoding": "gzip" }],
    ] as const) {
      const answer = await post("git-upload-pack", body, { ...headers, "git-protocol": "version=2" });
      expect(await answer.text()).toContain(`${azureDevOps.head()} HEAD`);
    }
  });

  it.each(["", "hello", "zzzz", "0001"])("is refused if it is no push: %j", async (body) => {
    expect((await post("git-receive-pack", Buffer.from(body))).status).toBe(400);
  });

  it("for a service that there is not is refused", async () => {
    const authorization = `Basic ${Buffer.from(`:${personalAccessToken}`).toString("base64")}`;
    for (const query of ["", "?service=git-upload-archive"]) {
      const where = `${azureDevOps.url}/mlops/_git/diabetes_regression/info/refs${query}`;
      expect((await fetch(where, { headers: { authorization } })).status).toBe(400);
    }
  });

  it("whose client goes away leaves no program behind", async () => {
    const where = new URL(url());
    const gone = request({
      ...{ host: where.hostname, port: where.port, path: `${where.pathname}/git-receive-pack`, method: "POST" },
      auth: `:${personalAccessToken}`,
      headers: { "content-type": "application/x-git-receive-pack-request", "transfer-encoding": "chunked" },
    });
    gone.on("error", () => {});
    const ref = `${"0".repeat(40)} ${"1".repeat(40)} refs/heads/a\0 report-status`;
    gone.write(`${(ref.length + 4).toString(16).padStart(4, "0")}${ref}0000PACK`);
    const running = () => readChildren().filter((name) => name.startsWith("git"));
    while (running().length === 0) await new Promise((resolve) => setImmediate(resolve));
    gone.destroy();
    while (running().length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(azureDevOps.head("a")).toBe("0".repeat(40));
  });
});

/** Names of the programs that this process has started and that run. */
function readChildren(): string[] {
  const ids = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").split(" ").filter(Boolean);
  return ids.flatMap((id) => {
    try {
      return [readFileSync(`/proc/${id}/comm`, "utf8").trim()];
    } catch {
      return [];
    }
  });
}
