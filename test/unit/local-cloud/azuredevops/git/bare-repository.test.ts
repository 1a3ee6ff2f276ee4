import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { BareRepository, noObject } from "../../../../../local-cloud/azuredevops/git/bare-repository";
import { commitFiles, localAuthor, type RepositoryFile } from "../../../../../local-cloud/git/commit-files";

const main = "refs/heads/main";

let repository: BareRepository;
beforeEach(() => {
  repository = new BareRepository(mkdtempSync(join(tmpdir(), "bare-")));
  repository.create();
});
afterEach(() => rmSync(repository.directory, { recursive: true, force: true }));

/** What Git itself says, with this machine's own settings. */
function git(...args: string[]): string {
  return execFileSync("git", ["-C", repository.directory, ...args], { encoding: "utf8", env: process.env });
}

function file(path: string, content: Buffer | string, mode: RepositoryFile["mode"] = "100644"): RepositoryFile {
  return { path, mode, content: () => Buffer.from(content) };
}

async function commit(
  files: RepositoryFile[],
  { ref = main, parent = repository.ref(ref), message = "A change" } = {},
) {
  await commitFiles(repository.directory, { ref, message, author: localAuthor, parent, files, without: "all" });
  return repository.ref(ref) ?? "";
}

describe("a commit of files", () => {
  test.each<[string, Buffer]>([
    ["a picture", Buffer.from("89504e470d0a1a0a0000000d49484452ff00fe80", "hex")],
    ["line ends of Windows", Buffer.from("a,b\r\n1,2\r\n")],
    ["nothing", Buffer.alloc(0)],
    ["more than is kept in memory", Buffer.alloc(3_000_000, Buffer.from([0x89, 0x00, 0xff, 0x0d, 0x0a]))],
  ])("has %s byte by byte, whatever .gitattributes says", async (_, bytes) => {
    const id = await commit([file("data/file", bytes), file(".gitattributes", "* text=auto eol=lf\n")]);
    expect(repository.fileAt(id, "data/file")?.equals(bytes)).toBe(true);
    const root = repository.commit(id);
    const entry = root && repository.entry(root, "/data/file");
    const stream = repository.blobStream(entry?.id ?? "", new AbortController().signal);
    expect((await buffer(stream)).equals(bytes)).toBe(true);
    expect(git("fsck", "--strict")).toBe("");
  });

  test("has files of any name, links and what may be run", async () => {
    const id = await commit([
      file('with "quotes" and \\', "a"),
      file("über/a b", "b"),
      file("new\nline", "c"),
      file("run.sh", "#!/bin/sh\n", "100755"),
      file("latest", "run.sh", "120000"),
    ]);
    const found = repository.commit(id);
    if (found === undefined) throw new Error("there is no commit");
    const root = repository.entry(found, "/");
    const entries = root ? repository.entriesIn(root, true).map(({ path, mode }) => [path, mode]) : [];
    expect(entries).toEqual([
      ["/latest", "120000"],
      ["/new\nline", "100644"],
      ["/run.sh", "100755"],
      ['/with "quotes" and \\', "100644"],
      ["/über", "040000"],
      ["/über/a b", "100644"],
    ]);
  });

  test("says who made it, when and why, and what it changed", async () => {
    const first = await commit([file("a", "a"), file("b", "b")]);
    const second = await commit([file("a", "other"), file("c", "c")], { message: "Why\n\nAnd more <of> it" });
    const found = repository.commit(second);
    expect(found).toMatchObject({ parents: [first], author: localAuthor, comment: "Why\n\nAnd more <of> it" });
    expect(Date.parse(found?.author.date ?? "")).toBeGreaterThan(Date.now() - 60_000);
    expect(repository.changes(first, second)).toEqual([
      { path: "/a", kind: "Edited" },
      { path: "/b", kind: "Deleted" },
      { path: "/c", kind: "Added" },
    ]);
    expect(repository.changes(undefined, first)).toHaveLength(2);
    expect(repository.log(second, { path: "/b" }).map(({ id }) => id)).toEqual([second, first]);
    expect(repository.log(second, { path: "/c" }).map(({ id }) => id)).toEqual([second]);
  });
});

test.each(["f".repeat(40), "", "main", "../x", "HEAD", "--all", "F".repeat(40)])(
  "there is no commit %p",
  async (id) => {
    await commit([]);
    expect(repository.commit(id)).toBeUndefined();
    expect(repository.fileAt(id, "a")).toBeUndefined();
  },
);

test.each(["/../x", "//etc/passwd", "/a/../../../etc/passwd", "/..", "/a/..", "/./a", "/a/", "/:(top)a", "/*", "/-x"])(
  "there is no file, and no change, at %p",
  async (path) => {
    const id = await commit([file("a", "a")]);
    const found = repository.commit(id);
    if (found === undefined) throw new Error("there is no commit");
    expect(repository.entry(found, path)).toBeUndefined();
    expect(repository.fileAt(id, path.slice(1))).toBeUndefined();
    if (path.includes("..") || path.startsWith("//")) expect(repository.log(id, { path })).toEqual([]);
  },
);

test("of two writers to a ref the one who knows where it is wins, and several refs move together or not at all", async () => {
  const first = await commit([file("a", "a")]);
  const second = await commit([file("a", "b")], { ref: "refs/heads/other", parent: first });
  const move = { name: main, oldObjectId: first, newObjectId: second };
  const make = { name: "refs/tags/v1", oldObjectId: noObject, newObjectId: second };
  expect(repository.update(move)).toBe(true);
  expect(repository.update(move, make)).toBe(false);
  expect(repository.ref("refs/tags/v1")).toBeUndefined();
  expect(
    repository.update({ ...make, newObjectId: first }, { ...move, oldObjectId: second, newObjectId: noObject }),
  ).toBe(true);
  expect(repository.refs().map(({ name }) => name)).toEqual(["refs/heads/other", "refs/tags/v1"]);
});

test("branches are merged line by line, and conflicts are none of Git's commits", async () => {
  const lines = Array.from({ length: 9 }, (_, index) => `line ${index}\n`);
  const base = await commit([file("a", lines.join(""))]);
  const ours = await commit([file("a", ["first\n", ...lines.slice(1)].join(""))], {
    ref: "refs/heads/a",
    parent: base,
  });
  const theirs = await commit([file("a", [...lines.slice(0, -1), "last\n"].join(""))], {
    ref: "refs/heads/b",
    parent: base,
  });
  const tree = repository.mergedTree(ours, theirs) ?? "";
  const merge = repository.commitTree(tree, [ours, theirs], "Merge");
  expect(repository.fileAt(merge, "/a")?.toString()).toBe(["first\n", ...lines.slice(1, -1), "last\n"].join(""));
  expect(repository.apart(merge, base)).toEqual([3, 0]);
  const other = await commit([file("a", ["other\n", ...lines.slice(1)].join(""))], {
    ref: "refs/heads/c",
    parent: base,
  });
  expect(repository.mergedTree(ours, other)).toBeUndefined();
});

test("the settings and the hooks of this machine's user are not Git's here", async () => {
  const home = mkdtempSync(join(tmpdir(), "home-"));
  const before = process.env.HOME;
  const marked = join(home, "marked");
  try {
    writeFileSync(join(home, "reference-transaction"), `#!/bin/sh\ntouch ${marked}\n`, { mode: 0o755 });
    writeFileSync(join(home, ".gitconfig"), `[core]\n\thooksPath = ${home}\n[user]\n\tname = Somebody\n`);
    process.env.HOME = home;
    const id = await commit([file("a", "a")]);
    repository.update({ name: "refs/heads/b", oldObjectId: noObject, newObjectId: id });
    expect(() => execFileSync("ls", [marked], { stdio: "ignore" })).toThrow();
    git("branch", "c", id); // one that has them
    execFileSync("ls", [marked]);
  } finally {
    process.env.HOME = before;
    rmSync(home, { recursive: true });
  }
});

test("a repository that was lost is named, with what to do", async () => {
  const id = await commit([file("a", "a")]);
  rmSync(repository.directory, { recursive: true });
  for (const ask of [() => repository.refs(), () => repository.commit(id), () => repository.fileAt(id, "a")]) {
    expect(ask).toThrow(`lost ${repository.directory}`);
    expect(ask).toThrow("npx local-cloud reset");
  }
});
