import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RepositoryContents } from "../../../../../local-cloud/azuredevops/git/contents";
import { repositoriesIn } from "../../../../../local-cloud/azuredevops/git/contents-on-disk";
import { blobId, makeCommit } from "../../../../../local-cloud/azuredevops/git/objects";
import { LocalAzureDevOps } from "../../../support/local-azure-devops";

let folder: string;
let contents: RepositoryContents;
const repository = { id: "0a8e6c5e-5b7f-4c1e-9d0a-3f2b1c4d5e6f" };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "repositories-"));
  contents = repositoriesIn(folder).contentsOf(repository);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The same folder, as another process finds it. */
const again = () => repositoriesIn(folder).contentsOf(repository);

test("files are bytes, and are kept under the ids that Git gives them", () => {
  const bytes = Buffer.from([0, 255, 254, 13, 10, 0]);
  const id = contents.addBlob(bytes);
  expect(id).toBe(blobId(bytes));
  expect(again().blob(id)).toEqual(bytes);
});

test("a content that is there already is kept once", () => {
  contents.addBlob(Buffer.from("the same"));
  contents.addBlob(Buffer.from("the same"));
  contents.addBlob(Buffer.from("more"));
  expect(contents.size()).toBe(12);
  contents.addBlob(Buffer.from("and more"));
  expect(contents.size()).toBe(20);
  expect(again().size()).toBe(20);
});

test("commits are there again after a restart", () => {
  const commit = makeCommit({ "/a": { id: contents.addBlob(Buffer.from("a")), mode: "100644" } }, [], "A", new Date(0));
  contents.addCommit(commit);
  expect(again().commit(commit.id)).toEqual(commit);
});

test.each(["f".repeat(40), "", "main", "../commits/x", `${"../".repeat(10)}etc/passwd`, "F".repeat(40)])(
  "there is no commit %p",
  (id) => expect(contents.commit(id)).toBeUndefined(),
);

test("a damaged commit is named, with what to do", () => {
  const commit = makeCommit({}, [], "A", new Date(0));
  contents.addCommit(commit);
  const file = join(folder, repository.id, "commits", `${commit.id}.json`);
  writeFileSync(file, readFileSync(file, "utf8").slice(0, -9));
  expect(() => again().commit(commit.id)).toThrow(`${file} is damaged`);
});

test("a file that was lost is named, with what to do", () => {
  const id = contents.addBlob(Buffer.from("a"));
  const file = join(folder, repository.id, "blobs", id);
  rmSync(file);
  expect(() => contents.blob(id)).toThrow(`lost ${file}`);
  expect(() => contents.blob(id)).toThrow("npx local-cloud reset");
});

test("a repository is removed with all that is in it", () => {
  const repositories = repositoriesIn(folder);
  const other = repositories.contentsOf({ id: "another" });
  const id = other.addBlob(Buffer.from("a"));
  contents.addBlob(Buffer.from("a"));
  repositories.remove(repository);
  expect(existsSync(join(folder, repository.id))).toBe(false);
  expect(other.blob(id)).toEqual(Buffer.from("a"));
});

describe("of the local Azure DevOps", () => {
  it("a push writes down what is new, and touches nothing else of the repository", async () => {
    const azureDevOps = await LocalAzureDevOps.start();
    try {
      const blobs = join(azureDevOps.directory, "repositories", azureDevOps.repositoryId, "blobs");
      const inodes = () => new Map(readdirSync(blobs).map((name) => [name, statSync(join(blobs, name)).ino]));
      const before = inodes();
      const content = Buffer.from("print(1)\n");
      const { status } = await azureDevOps.request("POST", "mlops/_apis/git/repositories/diabetes_regression/pushes", {
        refUpdates: [
          { name: "refs/heads/main", oldObjectId: azureDevOps.state.repositories[0]?.refs["refs/heads/main"] },
        ],
        commits: [
          {
            changes: [
              {
                ...{ changeType: "add", item: { path: "/train.py" } },
                newContent: { content: content.toString("base64"), contentType: "base64encoded" },
              },
            ],
          },
        ],
      });
      expect(status).toBe(201);
      const after = inodes();
      expect([...after.keys()].filter((name) => !before.has(name))).toEqual([blobId(content)]);
      expect([...before].filter(([name, inode]) => after.get(name) !== inode)).toEqual([]);
      const state = readFileSync(join(azureDevOps.directory, "azure-devops.json"), "utf8");
      expect(state).not.toContain(content.toString("base64"));
      expect(state).not.toContain(blobId(content));
    } finally {
      await azureDevOps.close();
    }
  });

  it("a repository that is deleted leaves no files behind", async () => {
    const azureDevOps = await LocalAzureDevOps.start();
    try {
      const { repositoryId, directory } = azureDevOps;
      const one = join(directory, "repositories", repositoryId);
      expect(existsSync(one)).toBe(true);
      await azureDevOps.request("DELETE", `mlops/_apis/git/repositories/${repositoryId}`);
      expect(existsSync(one)).toBe(false);
    } finally {
      await azureDevOps.close();
    }
  });
});
