import { text } from "node:stream/consumers";
import type { IGitApi } from "azure-devops-node-api/GitApi";
import {
  GitObjectType,
  GitVersionType,
  ItemContentType,
  VersionControlChangeType,
  VersionControlRecursionType,
} from "azure-devops-node-api/interfaces/GitInterfaces";
import { blobId, makeCommit } from "../../../../../local-cloud/azuredevops/git/objects";
import { LocalAzureDevOps } from "../../../support/local-azure-devops";

let azureDevOps: LocalAzureDevOps;
let api: IGitApi;

beforeEach(async () => {
  azureDevOps = await LocalAzureDevOps.start();
  api = await azureDevOps.client.getGitApi();
});

afterEach(() => azureDevOps.close());

const none = "0".repeat(40);

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

describe("object ids", () => {
  it("are the ones that Git computes", () => {
    const files = {
      "/README.md": "# Diabetes regression\n",
      "/docker/Dockerfile": "FROM base\n",
      "/docker/docker-image-pipeline.yml": "trigger: none\n",
      "/docker.txt": "x\n",
    };
    const tree = Object.fromEntries(
      Object.entries(files).map(([path, content]) => [
        path,
        { id: blobId(Buffer.from(content)), mode: "100644" as const },
      ]),
    );
    const commit = makeCommit(tree, [], "Initial commit", new Date(1_700_000_000_000));
    expect(commit).toMatchObject({
      treeId: "0223410c01f9488c4fd06e24690982971b185d13",
      id: "31dcf0a3c9d81237c02346ed7a9881e3dddbdec8",
      date: "2023-11-14T22:13:20Z",
    });
  });
});

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
    await api.deleteRepository(id, "mlops");
    expect(azureDevOps.savedState().repositories).toHaveLength(1);
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
    expect(Object.keys(azureDevOps.savedState().repositories[0]?.refs ?? {})).toEqual(["refs/heads/main"]);
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
      body: { message: expect.stringContaining("TF402455") },
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
