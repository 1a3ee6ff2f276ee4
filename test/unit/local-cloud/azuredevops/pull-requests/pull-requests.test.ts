import type { IGitApi } from "azure-devops-node-api/GitApi";
import {
  CommentThreadStatus,
  type GitPullRequest,
  PullRequestAsyncStatus,
  PullRequestStatus,
} from "azure-devops-node-api/interfaces/GitInterfaces";
import { LocalAzureDevOps } from "../../../support/local-azure-devops";

let azureDevOps: LocalAzureDevOps;
let api: IGitApi;

beforeEach(async () => {
  azureDevOps = await LocalAzureDevOps.start();
  api = await azureDevOps.client.getGitApi();
});

afterEach(() => azureDevOps.close());

const repository = "diabetes_regression";
const root = `mlops/_apis/git/repositories/${repository}`;
const main = "refs/heads/main";
const tensorflow = "refs/heads/tensorflow";

async function head(branch: string): Promise<string> {
  const refs = await api.getRefs(repository, "mlops", branch.replace("refs/", ""));
  return refs.find(({ name }) => name === branch)?.objectId ?? "";
}

/** Pushes one file to a branch, which begins at another if it is not there yet. */
async function push(branch: string, path: string, content: string, changeType = "add", from = main): Promise<void> {
  const oldObjectId = (await head(branch)) || (await branchOff(branch, from));
  const change = { changeType, item: { path }, newContent: { content, contentType: "rawtext" } };
  const { status } = await azureDevOps.request("POST", `${root}/pushes`, {
    refUpdates: [{ name: branch, oldObjectId }],
    commits: [{ comment: `Change ${path}`, changes: [change] }],
  });
  expect(status).toBe(201);
}

async function branchOff(branch: string, from: string): Promise<string> {
  const newObjectId = await head(from);
  await api.updateRefs([{ name: branch, oldObjectId: "0".repeat(40), newObjectId }], repository, "mlops");
  return newObjectId;
}

async function open(more: GitPullRequest = {}): Promise<number> {
  const made = await api.createPullRequest(
    { title: "TensorFlow", sourceRefName: tensorflow, targetRefName: main, ...more },
    repository,
    "mlops",
  );
  return made.pullRequestId ?? 0;
}

describe("a pull request", () => {
  beforeEach(() => push(tensorflow, "/train.py", "import tensorflow\n"));

  it("comes back with its branches, their commits and what would come of it", async () => {
    const id = await open({ description: "Replaces scikit-learn", isDraft: true });
    const found = await api.getPullRequest(repository, id, "mlops");
    expect(found).toMatchObject({
      pullRequestId: 1,
      status: PullRequestStatus.Active,
      title: "TensorFlow",
      description: "Replaces scikit-learn",
      isDraft: true,
      sourceRefName: tensorflow,
      targetRefName: main,
      mergeStatus: PullRequestAsyncStatus.Succeeded,
      lastMergeSourceCommit: { commitId: await head(tensorflow) },
      lastMergeTargetCommit: { commitId: await head(main) },
      repository: { id: azureDevOps.repositoryId, project: { name: "mlops" } },
      createdBy: { displayName: "Local operator" },
    });
    expect(await api.getPullRequestById(id)).toEqual(found);
    expect(await api.getPullRequestById(id, "mlops")).toEqual(found);
    expect(azureDevOps.savedState().pullRequests).toEqual(azureDevOps.state.pullRequests);
  });

  it("follows its source branch", async () => {
    const id = await open();
    await push(tensorflow, "/score.py", "");
    const { lastMergeSourceCommit } = await api.getPullRequest(repository, id, "mlops");
    expect(lastMergeSourceCommit?.commitId).toBe(await head(tensorflow));
  });

  it("is listed by branch and state, the active ones where no state is asked for, the newest first", async () => {
    await push("refs/heads/torch", "/train.py", "import torch\n");
    const [first, second] = [await open(), await open({ sourceRefName: "refs/heads/torch" })];
    await api.updatePullRequest({ status: PullRequestStatus.Abandoned }, repository, first, "mlops");
    const third = await open();
    const ids = async (criteria: object) =>
      (await api.getPullRequests(repository, criteria, "mlops")).map(({ pullRequestId }) => pullRequestId);
    expect(await ids({})).toEqual([third, second]);
    expect(await ids({ status: PullRequestStatus.All })).toEqual([third, second, first]);
    expect(await ids({ status: PullRequestStatus.Abandoned })).toEqual([first]);
    expect(await ids({ status: PullRequestStatus.All, sourceRefName: tensorflow })).toEqual([third, first]);
    expect(await ids({ targetRefName: tensorflow })).toEqual([]);
    const inProject = await api.getPullRequestsByProject("mlops", { status: PullRequestStatus.All }, undefined, 1, 1);
    expect(inProject.map(({ pullRequestId }) => pullRequestId)).toEqual([second]);
  });

  it("gets another title and description", async () => {
    const id = await open();
    await api.updatePullRequest({ title: "Keras", description: "More" }, repository, id, "mlops");
    expect(await api.getPullRequest(repository, id, "mlops")).toMatchObject({ title: "Keras", description: "More" });
  });

  it("is abandoned, and active again while its branches are there", async () => {
    const id = await open();
    await api.updatePullRequest({ status: PullRequestStatus.Abandoned }, repository, id, "mlops");
    expect(await api.getPullRequest(repository, id, "mlops")).toMatchObject({
      status: PullRequestStatus.Abandoned,
      closedDate: expect.any(Date),
    });
    await api.updatePullRequest({ status: PullRequestStatus.Active }, repository, id, "mlops");
    expect((await api.getPullRequest(repository, id, "mlops")).closedDate).toBeUndefined();
  });

  it("keeps the last commit of a branch that is gone", async () => {
    const [id, commit] = [await open(), await head(tensorflow)];
    await api.updateRefs([{ name: tensorflow, oldObjectId: commit, newObjectId: "0".repeat(40) }], repository, "mlops");
    expect(await api.getPullRequest(repository, id, "mlops")).toMatchObject({
      mergeStatus: PullRequestAsyncStatus.Conflicts,
      lastMergeSourceCommit: { commitId: commit },
    });
  });

  it("goes with its repository", async () => {
    await open();
    await api.deleteRepository(azureDevOps.repositoryId, "mlops");
    expect(azureDevOps.savedState().pullRequests).toEqual([]);
  });
});

describe("completing a pull request", () => {
  it("merges what both branches changed, by a commit of both, and may delete the source branch", async () => {
    await push(tensorflow, "/train.py", "import tensorflow\n");
    await push(main, "/other.py", "");
    const [source, target] = [await head(tensorflow), await head(main)];
    const id = await open();
    const merged = await api.updatePullRequest(
      {
        status: PullRequestStatus.Completed,
        lastMergeSourceCommit: { commitId: source },
        completionOptions: { deleteSourceBranch: true },
      },
      repository,
      id,
      "mlops",
    );
    expect(merged).toMatchObject({
      status: PullRequestStatus.Completed,
      lastMergeCommit: { commitId: await head(main) },
      lastMergeSourceCommit: { commitId: source },
    });
    const commit = await api.getCommit(await head(main), repository, "mlops");
    expect(commit).toMatchObject({ comment: "Merged PR 1: TensorFlow", parents: [target, source] });
    const { body } = await azureDevOps.request("GET", `${root}/items?scopePath=/&recursionLevel=full`);
    expect(body).toMatchObject({
      value: expect.arrayContaining(["/train.py", "/other.py"].map((path) => expect.objectContaining({ path }))),
    });
    expect(await head(tensorflow)).toBe("");
  });

  it("is refused when the branches conflict, or the source is not the one that was seen", async () => {
    await push(tensorflow, "/README.md", "TensorFlow\n", "edit");
    const seen = await head(main);
    const id = await open();
    const complete = (commitId: string) =>
      azureDevOps.request("PATCH", `${root}/pullrequests/${id}`, {
        status: "completed",
        lastMergeSourceCommit: { commitId },
      });
    expect(await complete(seen)).toMatchObject({
      status: 409,
      body: { message: expect.stringContaining("TF401192"), typeKey: "GitPullRequestStaleException" },
    });
    await push(main, "/README.md", "scikit-learn\n", "edit");
    expect((await api.getPullRequest(repository, id, "mlops")).mergeStatus).toBe(PullRequestAsyncStatus.Conflicts);
    expect(await complete(await head(tensorflow))).toMatchObject({ status: 400 });
    expect((await api.getPullRequest(repository, id, "mlops")).status).toBe(PullRequestStatus.Active);
  });
});

describe("a pull request is refused", () => {
  beforeEach(() => push(tensorflow, "/train.py", "import tensorflow\n"));

  it.each([
    ["from a branch that does not exist", { sourceRefName: "refs/heads/nowhere" }, 400, "TF401398"],
    ["from what is no branch", { sourceRefName: "tensorflow" }, 400, "TF401398"],
    ["from a branch to itself", { sourceRefName: main }, 400, "cannot be the same"],
    ["without a title", { title: " " }, 400, "A title"],
    ["with a title that is too long", { title: "a".repeat(401) }, 400, "400 characters"],
    ["with a description that is too long", { description: "a".repeat(4001) }, 400, "4000 characters"],
  ])("%s", async (_, more, status, message) => {
    const body = { title: "TensorFlow", sourceRefName: tensorflow, targetRefName: main, ...more };
    const answer = await azureDevOps.request("POST", `${root}/pullrequests`, body);
    expect(answer).toMatchObject({ status, body: { message: expect.stringContaining(message) } });
    expect(azureDevOps.savedState().pullRequests).toEqual([]);
  });

  it("when there is one already", async () => {
    await open();
    const body = { title: "Again", sourceRefName: tensorflow, targetRefName: main };
    expect(await azureDevOps.request("POST", `${root}/pullrequests`, body)).toMatchObject({
      status: 409,
      body: { message: expect.stringContaining("TF401179"), typeKey: "GitPullRequestExistsException" },
    });
  });

  it("that does not exist, or is over", async () => {
    expect(await azureDevOps.request("GET", `${root}/pullrequests/9`)).toMatchObject({
      status: 404,
      body: { message: expect.stringContaining("TF401180"), typeKey: "GitPullRequestNotFoundException" },
    });
    const id = await open();
    await api.updatePullRequest({ status: PullRequestStatus.Completed }, repository, id, "mlops");
    for (const change of [{ title: "Late" }, { status: "active" }]) {
      expect(await azureDevOps.request("PATCH", `${root}/pullrequests/${id}`, change)).toMatchObject({
        status: 400,
        body: { message: expect.stringContaining("TF401181"), typeKey: "GitPullRequestNotEditableException" },
      });
    }
  });
});

describe("threads of comments", () => {
  let id: number;
  beforeEach(async () => {
    await push(tensorflow, "/train.py", "import tensorflow\n");
    id = await open();
  });

  const thread = (content: string) =>
    api.createThread({ comments: [{ content }], status: CommentThreadStatus.Active }, repository, id, "mlops");

  it("are made, listed, and changed in their state", async () => {
    const made = await thread("# Preview");
    expect(made).toMatchObject({
      id: 1,
      status: CommentThreadStatus.Active,
      isDeleted: false,
      comments: [{ id: 1, parentCommentId: 0, content: "# Preview", author: { displayName: "Local operator" } }],
    });
    await thread("Another");
    await api.updateThread({ status: CommentThreadStatus.Closed }, repository, id, 1, "mlops");
    expect(await api.getThreads(repository, id, "mlops")).toMatchObject([
      { id: 1, status: CommentThreadStatus.Closed },
      { id: 2, status: CommentThreadStatus.Active },
    ]);
    expect(await api.getPullRequestThread(repository, id, 2, "mlops")).toMatchObject({ comments: [{ id: 1 }] });
    expect(azureDevOps.savedState().pullRequests).toEqual(azureDevOps.state.pullRequests);
  });

  it("have comments that are added, changed and deleted, and are gone with their last", async () => {
    await thread("First");
    await api.createComment({ content: "Second", parentCommentId: 1 }, repository, id, 1, "mlops");
    await api.updateComment({ content: "First, changed" }, repository, id, 1, 1, "mlops");
    expect(await api.getComments(repository, id, 1, "mlops")).toMatchObject([
      { id: 1, content: "First, changed" },
      { id: 2, content: "Second", parentCommentId: 1 },
    ]);
    await api.deleteComment(repository, id, 1, 1, "mlops");
    const deleted = await api.getComment(repository, id, 1, 1, "mlops");
    expect(deleted.isDeleted).toBe(true);
    expect(deleted.content).toBeUndefined();
    expect((await api.getPullRequestThread(repository, id, 1, "mlops")).isDeleted).toBe(false);
    await api.deleteComment(repository, id, 1, 2, "mlops");
    expect((await api.getPullRequestThread(repository, id, 1, "mlops")).isDeleted).toBe(true);
  });

  const threads = () => `${root}/pullrequests/${id}/threads`;
  const long = "a".repeat(150_001);
  it.each<[string, object, string]>([
    ["without a comment", {}, "at least one comment"],
    ["with an empty comment", { comments: [{ content: "" }] }, "cannot be empty"],
    ["with a comment that is too long", { comments: [{ content: long }] }, "longer than 150000 characters"],
    ["with an unknown state", { comments: [{ content: "a" }], status: "open" }, "'open' is not one of"],
    ["with an answer to nothing", { comments: [{ content: "a", parentCommentId: 7 }] }, "7 does not exist"],
  ])("are refused %s", async (_, body, message) => {
    const answer = await azureDevOps.request("POST", threads(), body);
    expect(answer.body.message).toContain(message);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(await api.getThreads(repository, id, "mlops")).toEqual([]);
  });

  it.each([
    ["a pull request", () => `${root}/pullrequests/9/threads`],
    ["a thread", () => `${threads()}/9`],
    ["a comment", () => `${threads()}/1/comments/9`],
  ])("say when there is no such %s", async (_, path) => {
    await thread("First");
    expect(await azureDevOps.request("GET", path())).toMatchObject({ status: 404 });
  });

  it("do not change a comment to nothing, nor a deleted one", async () => {
    await thread("First");
    const comment = `${threads()}/1/comments/1`;
    expect(await azureDevOps.request("PATCH", comment, { content: "" })).toMatchObject({ status: 400 });
    await api.deleteComment(repository, id, 1, 1, "mlops");
    expect(await azureDevOps.request("PATCH", comment, { content: "Back" })).toMatchObject({ status: 404 });
  });
});
