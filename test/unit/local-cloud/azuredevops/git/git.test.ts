import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { text } from "node:stream/consumers";
import type { IGitApi } from "azure-devops-node-api/GitApi";
import {
  GitObjectType,
  GitVersionType,
  ItemContentType,
  VersionControlChangeType,
  VersionControlRecursionType,
} from "azure-devops-node-api/interfaces/GitInterfaces";
import { LocalAzureDevOps } from "../../../support/local-azure-devops";

let azureDevOps: LocalAzureDevOps;
let api: IGitApi;

beforeEach(async () => {
  azureDevOps = await LocalAzureDevOps.start();
  api = await azureDevOps.client.getGitApi();
});

afterEach(() => azureDevOps.close());

const none = "0".repeat(40);

/** What Git itself says of the repository. */
function git(...args: string[]): string {
  return execFileSync("git", ["-C", azureDevOps.repository.directory, ...args], { encoding: "utf8" }).trim();
}

/** The id that Git gives a file's content. */
function blobId(input: Buffer): string {
  return execFileSync("git", ["hash-object", "--stdin"], { input, encoding: "utf8" }).trim();
}

async function head(): Promise<string> {
  const [main] = await api.getRefs("diabetes_regression", "mlops", "heads/main");
  return main?.objectId ?? "";
}

async function push(path: string, content: string, oldObjectId: string, branch = "refs/heads/main") {
  const change = {
    changeType: VersionControlChangeType.Add,
    item: { path },
    newContent: { content, contentType: ItemContentType.RawText },
  };
  return azureDevOps.request("POST", "mlops/_apis/git/repositories/diabetes_regression/pushes", {
    refUpdates: [{ name: branch, oldObjectId }],
    commits: [{ comment: `Add ${path}`, changes: [change] }],
  });
}

describe("a repository", () => {
  it("is found by name in its project, and by id anywhere", async () => {
    const found = await api.getRepository("diabetes_regression", "mlops");
    expect(found).toMatchObject({
      id: azureDevOps.repositoryId,
      defaultBranch: "refs/heads/main",
      webUrl: `${azureDevOps.url}/mlops/_git/diabetes_regression`,
      project: { id: azureDevOps.projectId, name: "mlops" },
      isDisabled: false,
    });
    expect(await api.getRepository(azureDevOps.repositoryId)).toEqual(found);
    expect(await api.getRepositories("mlops")).toEqual([found]);
  });

  it("is made, renamed, disabled and deleted", async () => {
    const { id = "" } = await api.createRepository({ name: "training" }, "mlops");
    expect(await api.getRepository("training", "mlops")).not.toHaveProperty("defaultBranch");
    await api.updateRepository({ name: "scoring" }, id, "mlops");
    await api.updateRepository({ isDisabled: true }, id, "mlops");
    expect(await api.getRepository("scoring", "mlops")).toBeNull();
    expect(await api.getRepositories("mlops")).toHaveLength(1);
    expect(await api.getRepositories("mlops", undefined, undefined, true)).toHaveLength(2);
    await api.updateRepository({ isDisabled: false }, id, "mlops");
    const { directory } = azureDevOps.stores.repositories.of({ id });
    expect(existsSync(directory)).toBe(true);
    await api.deleteRepository(id, "mlops");
    expect(azureDevOps.savedState().repositories).toHaveLength(1);
    expect(existsSync(directory)).toBe(false);
  });

  it.each([
    ["whose name is taken", { name: "Diabetes_Regression" }, 409, "TF400948"],
    ["whose name has a forbidden character", { name: "a/b" }, 400, "TF400898"],
    ["whose name begins with an underscore", { name: "_a" }, 400, "TF400898"],
    ["without a name", {}, 400, "TF400898"],
    ["in a project that does not exist", { name: "a", project: { id: "nowhere" } }, 404, "TF200016"],
  ])("is refused %s", async (_, body, status, message) => {
    const path = "project" in body ? "_apis/git/repositories" : "mlops/_apis/git/repositories";
    const answer = await azureDevOps.request("POST", path, body);
    expect(answer).toMatchObject({ status, body: { message: expect.stringContaining(message) } });
  });

  it("that does not exist is named", async () => {
    expect(await azureDevOps.request("GET", "mlops/_apis/git/repositories/nowhere")).toMatchObject({
      status: 404,
      body: {
        message: expect.stringMatching(/^TF401019: The Git repository with name or identifier nowhere does not exist/),
        typeKey: "GitRepositoryNotFoundException",
      },
    });
  });

  it("has no default branch that does not exist", async () => {
    const path = `mlops/_apis/git/repositories/${azureDevOps.repositoryId}`;
    expect(await azureDevOps.request("PATCH", path, { defaultBranch: "refs/heads/x" })).toMatchObject({ status: 400 });
  });
});

describe("files", () => {
  it("are read as text, as bytes and with what is known of them", async () => {
    const item = await api.getItem(
      "diabetes_regression",
      "docker/Dockerfile",
      "mlops",
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      true,
    );
    expect(item).toMatchObject({
      path: "/docker/Dockerfile",
      content: "FROM base\n",
      gitObjectType: GitObjectType.Blob,
      objectId: blobId(Buffer.from("FROM base\n")),
      commitId: await head(),
    });
    expect(await text(await api.getItemText("diabetes_regression", "/README.md", "mlops"))).toBe(
      "# Diabetes regression\n",
    );
    expect(await text(await api.getItemContent("diabetes_regression", "/README.md", "mlops"))).toBe(
      "# Diabetes regression\n",
    );
  });

  it("are listed as deep as asked", async () => {
    const paths = async (scope: string, recursion: VersionControlRecursionType) =>
      (await api.getItems("diabetes_regression", "mlops", scope, recursion)).map(({ path }) => path);
    expect(await paths("/", VersionControlRecursionType.None)).toEqual(["/"]);
    expect(await paths("/", VersionControlRecursionType.OneLevel)).toEqual(["/", "/README.md", "/docker"]);
    expect(await paths("/docker", VersionControlRecursionType.Full)).toEqual([
      "/docker",
      "/docker/Dockerfile",
      "/docker/docker-image-pipeline.yml",
    ]);
  });

  it.each([
    ["a file", "path=/docker/nothing", "TF401174: The item '/docker/nothing' could not be found"],
    ["a folder", "scopePath=/nothing", "TF401174: The item '/nothing' could not be found"],
    ["a branch", "path=/README.md&versionDescriptor.version=nothing", "TF401175"],
    ["a branch of some name like it", "path=/README.md&versionDescriptor.version=m*", "TF401175"],
    [
      "a commit",
      "path=/README.md&versionDescriptor.versionType=commit&versionDescriptor.version=constructor",
      "TF401175",
    ],
  ])("are refused: %s that does not exist", async (_, query, message) => {
    const path = `mlops/_apis/git/repositories/diabetes_regression/items?${query}`;
    const answer = await azureDevOps.request("GET", path);
    expect(answer).toMatchObject({ status: 404, body: { message: expect.stringContaining(message) } });
  });

  it("are not there while a repository is empty", async () => {
    await api.createRepository({ name: "training" }, "mlops");
    const answer = await azureDevOps.request("GET", "mlops/_apis/git/repositories/training/items?path=/a");
    expect(answer).toMatchObject({
      status: 404,
      body: { message: "VS403403: Cannot find any branches for the training repository." },
    });
  });
});

test.each([
  ["GET", "items?path=/a%00b", undefined],
  ["GET", "items?path=/README.md&versionDescriptor.version=a%00b", undefined],
  ["POST", "refs", [{ name: "refs/heads/a\0b", oldObjectId: none, newObjectId: none }]],
])("%s %s is refused, as no name in Git has a NUL in it", async (method, path, body) => {
  const repository = "mlops/_apis/git/repositories/diabetes_regression";
  expect((await azureDevOps.request(method, `${repository}/${path}`, body)).status).toBe(400);
});

describe("a branch", () => {
  it("is made, moved on by a push, and deleted", async () => {
    const main = await head();
    const name = "refs/heads/tensorflow";
    const update = async (oldObjectId: string, newObjectId: string) => {
      const [result] = await api.updateRefs([{ name, oldObjectId, newObjectId }], "diabetes_regression", "mlops");
      return result?.success;
    };
    expect(await update(none, main)).toBe(true);
    const { status, body } = await push("/docker/extra.yml", "a: 1\n", main, name);
    expect({ status, pushId: body.pushId }).toEqual({ status: 201, pushId: 2 });

    const version = { version: "tensorflow", versionType: GitVersionType.Branch };
    const [last, first] = await api.getCommits("diabetes_regression", { itemVersion: version }, "mlops");
    expect(last).toMatchObject({ comment: "Add /docker/extra.yml" });
    expect(first?.commitId).toBe(main);
    expect(await api.getCommit(last?.commitId ?? "", "diabetes_regression", "mlops")).toMatchObject({
      parents: [main],
    });
    expect(await head()).toBe(main);

    expect(await update(main, none)).toBe(false);
    expect(await update(last?.commitId ?? "", none)).toBe(true);
    expect(git("for-each-ref", "--format=%(refname)")).toBe("refs/heads/main");
  });

  it.each([
    ["a name that Git refuses", "refs/heads/a b", undefined],
    ["a commit that does not exist", "refs/heads/a", "1".repeat(40)],
  ])("is refused with %s", async (_, name, commit) => {
    const update = { name, oldObjectId: none, newObjectId: commit ?? (await head()) };
    const [result] = await api.updateRefs([update], "diabetes_regression", "mlops");
    expect(result?.success).toBe(false);
  });
});

test("of refs that move together each is moved or not by itself", async () => {
  const main = await head();
  await push("/a", "a", main);
  const second = await head();
  const update = (name: string, oldObjectId: string, newObjectId: string) => ({ name, oldObjectId, newObjectId });
  const { body } = await azureDevOps.request("POST", "mlops/_apis/git/repositories/diabetes_regression/refs", [
    update("refs/heads/a", none, main),
    update("refs/heads/main", main, second),
    update("refs/heads/a/b", none, main),
    update("refs/heads/c..d", none, main),
    update("refs/heads/e", none, "1".repeat(40)),
    update("refs/tags/v1.0", none, second),
  ]);
  expect(body).toMatchObject({
    value: [
      { updateStatus: "succeeded" },
      { updateStatus: "staleOldObjectId" },
      { updateStatus: "refNameConflict" },
      { updateStatus: "invalidRefName" },
      { updateStatus: "unresolvableToCommit" },
      { updateStatus: "succeeded" },
    ],
  });
  expect(git("for-each-ref", "--format=%(refname) %(objectname)")).toBe(
    `refs/heads/a ${main}\nrefs/heads/main ${second}\nrefs/tags/v1.0 ${second}`,
  );
});

describe("branches", () => {
  it("say their last commit, and how far they are from the default one", async () => {
    const first = await head();
    await push("/on-a.md", "a", none, "refs/heads/a");
    await azureDevOps.request("POST", "mlops/_apis/git/repositories/diabetes_regression/refs", [
      { name: "refs/heads/b", oldObjectId: none, newObjectId: first },
    ]);
    await push("/on-b.md", "b", first, "refs/heads/b");
    await push("/on-main.md", "main", first);
    const main = await api.getBranch(azureDevOps.repositoryId, "main");
    expect(main).toMatchObject({
      commit: { commitId: await head() },
      aheadCount: 0,
      behindCount: 0,
      isBaseVersion: true,
    });
    const listed = await api.getBranches("diabetes_regression", "mlops");
    expect(listed.map(({ name }) => name)).toEqual(["a", "b", "main"]);
    expect(listed[1]).toMatchObject({ aheadCount: 1, behindCount: 1, isBaseVersion: false });
    const path = "mlops/_apis/git/repositories/diabetes_regression/stats/branches?name=gone";
    expect(await azureDevOps.request("GET", path)).toMatchObject({
      status: 404,
      body: { message: expect.stringContaining("TF401175"), typeKey: "GitUnresolvableToCommitException" },
    });
  });
});

describe("a push", () => {
  it("is refused when the branch has moved, or the file is there already", async () => {
    const main = await head();
    expect(await push("/README.md", "", main)).toMatchObject({
      status: 400,
      body: {
        message: "The path '/README.md' specified in the add operation already exists. Please specify a new path.",
      },
    });
    expect(await push("/a", "", main)).toMatchObject({ status: 201 });
    expect(await push("/b", "", main)).toMatchObject({
      status: 409,
      body: { message: expect.stringContaining("TF401028: The reference 'refs/heads/main' has already been updated") },
    });
  });

  it("edits and deletes, and takes base64", async () => {
    const change = (changeType: string, path: string, newContent?: object) => ({
      changeType,
      item: { path },
      newContent,
    });
    const answer = await azureDevOps.request("POST", "mlops/_apis/git/repositories/diabetes_regression/pushes", {
      refUpdates: [{ name: "refs/heads/main", oldObjectId: await head() }],
      commits: [
        {
          comment: "Tidy up",
          changes: [
            change("edit", "/README.md", {
              content: Buffer.from("new\n").toString("base64"),
              contentType: "base64Encoded",
            }),
            change("delete", "/docker/Dockerfile"),
          ],
        },
      ],
    });
    expect(answer.status).toBe(201);
    expect(git("show", "--format=%s%n%an <%ae>", "--name-status", "main")).toBe(
      "Tidy up\nLocal operator <operator@local.example>\n\nM\tREADME.md\nD\tdocker/Dockerfile",
    );
    expect(git("for-each-ref", "refs/local-cloud")).toBe("");
    expect(git("fsck", "--strict")).toBe("");
    expect(await text(await api.getItemText("diabetes_regression", "/README.md", "mlops"))).toBe("new\n");
    const items = await api.getItems("diabetes_regression", "mlops", "/docker", VersionControlRecursionType.Full);
    expect(items.map(({ path }) => path)).toEqual(["/docker", "/docker/docker-image-pipeline.yml"]);
  });

  it("takes pushes of pictures and models, which are larger than other requests", async () => {
    const [main] = await api.getRefs("diabetes_regression", "mlops", "heads/main");
    const content = Buffer.alloc(3_000_000, 0xff);
    const newContent = { content: content.toString("base64"), contentType: "base64Encoded" };
    const answer = await azureDevOps.request("POST", "mlops/_apis/git/repositories/diabetes_regression/pushes", {
      refUpdates: [{ name: "refs/heads/main", oldObjectId: main?.objectId }],
      commits: [{ comment: "A model", changes: [{ changeType: "add", item: { path: "/model.pkl" }, newContent }] }],
    });
    expect(answer.status).toBe(201);
    const items = await api.getItems("diabetes_regression", "mlops", "/model.pkl");
    expect(items.map(({ objectId }) => objectId)).toEqual([blobId(content)]);
  });

  it("is refused when it changes what is not there", async () => {
    const answer = await azureDevOps.request("POST", "mlops/_apis/git/repositories/diabetes_regression/pushes", {
      refUpdates: [{ name: "refs/heads/main", oldObjectId: await head() }],
      commits: [{ changes: [{ changeType: "delete", item: { path: "/nothing" } }] }],
    });
    expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining("TF401174") } });
  });
});
