import { Readable } from "node:stream";
import { FileTree, type Limits } from "../../../src/image/file-tree";
import { applyLayer } from "../../../src/image/layer";
import { type TestEntry, tarOf } from "../support/image-files";

/** The file system of layers, lowest first. */
async function treeOf(...layers: TestEntry[][]): Promise<FileTree> {
  const tree = new FileTree();
  for (const [index, entries] of layers.entries()) {
    const descriptor = { mediaType: "application/vnd.oci.image.layer.v1.tar", digest: "", size: 0 };
    await applyLayer(tree, index + 1, descriptor, Readable.from([await tarOf(entries)]));
  }
  return tree;
}

const file = (path: string) => ({ path });

describe("links", () => {
  test.each<[string, TestEntry[], string, string]>([
    ["relative", [file("a/b"), { path: "c/d", link: "../a/b" }], "/c/d", "/a/b"],
    ["absolute", [file("a/b"), { path: "c/d", link: "/a/b" }], "/c/d", "/a/b"],
    ["of folders", [file("usr/bin/sh"), { path: "bin", link: "usr/bin" }], "/bin/sh", "/usr/bin/sh"],
    ["to links", [file("a"), { path: "b", link: "a" }, { path: "c", link: "/b" }], "/c", "/a"],
    ["above the root", [file("a"), { path: "b/c", link: "../../../a" }], "/b/c", "/a"],
    ["that come before what they lead to", [{ path: "b", link: "a" }, file("a")], "/b", "/a"],
    ["of links and ..", [file("x/y/z"), file("x/f"), { path: "l", link: "x/y" }], "/l/../f", "/x/f"],
  ])("%s are followed", async (_, entries, path, target) => {
    expect((await treeOf(entries)).resolve(path)?.path).toBe(target);
  });

  test.each<[string, TestEntry[]]>([
    ["to nothing", [{ path: "a", link: "b" }]],
    ["to themselves", [{ path: "a", link: "a" }]],
    [
      "in a circle",
      [
        { path: "a", link: "/b" },
        { path: "b", link: "a" },
      ],
    ],
    ["into themselves", [{ path: "a", link: "a/a" }]],
    ["through a file", [file("b"), { path: "a", link: "b/c" }]],
  ])("that lead %s lead nowhere", async (_, entries) => {
    expect((await treeOf(entries)).resolve("/a")).toBeUndefined();
  });

  test("in the path of a layer's entry are followed, in the layer below too", async () => {
    const tree = await treeOf([{ path: "bin", link: "usr/bin" }, file("usr/bin/sh")], [file("bin/bash")]);
    expect(tree.resolve("/usr/bin/bash")?.path).toBe("/usr/bin/bash");
    expect(tree.resolve("/usr/bin/sh")?.path).toBe("/usr/bin/sh");
  });
});

test("hard links are the file that they name, in a layer below too", async () => {
  const tree = await treeOf(
    [
      { path: "etc/passwd", mode: 0o644, text: "root" },
      { path: "opt/etc/passwd", hardLink: "etc/passwd" },
    ],
    [{ path: "x", hardLink: "etc/passwd" }],
  );
  for (const path of ["/opt/etc/passwd", "/x"]) {
    expect(tree.resolve(path)?.node).toMatchObject({ kind: "file", mode: 0o644, text: "root" });
  }
});

describe("whiteouts", () => {
  test("take away what lower layers have, folders with all that is in them", async () => {
    const lower = [file("a/b/c"), file("a/d"), file("e")];
    const tree = await treeOf(lower, [file("a/.wh.b"), file(".wh.e"), file("not/there/.wh.x")]);
    expect(tree.resolve("/a/b")).toBeUndefined();
    expect(tree.resolve("/e")).toBeUndefined();
    expect(tree.resolve("/a/d")?.path).toBe("/a/d");
  });

  test.each<[string, TestEntry[]]>([
    ["before", [file("a/.wh..wh..opq"), file("a/new"), file("a/deep/new")]],
    ["after", [file("a/new"), file("a/deep/new"), file("a/.wh..wh..opq")]],
  ])("of a whole folder leave what the layer itself has in it, %s it", async (_, upper) => {
    const tree = await treeOf([file("a/old"), file("a/deep/old"), file("b")], upper);
    expect(tree.resolve("/a/old")).toBeUndefined();
    expect(tree.resolve("/a/deep/old")).toBeUndefined();
    for (const path of ["/a/new", "/a/deep/new", "/b"]) expect(tree.resolve(path)?.path).toBe(path);
  });

  test("do not take away what their own layer puts in the place", async () => {
    const tree = await treeOf([file("a/old")], [file("a/new"), file(".wh.a")]);
    expect(tree.resolve("/a/new")?.path).toBe("/a/new");
    expect(tree.resolve("/a/old")).toBeUndefined();
  });

  test("of the next layer take away what this one has", async () => {
    const tree = await treeOf([], [file("a")], [file(".wh.a")]);
    expect(tree.resolve("/a")).toBeUndefined();
  });

  test("are no files themselves", async () => {
    const tree = await treeOf([file(".wh.a"), file("b/.wh..wh..opq"), file(".wh..wh.plnk/1")]);
    expect([...tree.root.children.keys()].filter((name) => name.startsWith(".wh.a"))).toEqual([]);
    expect(tree.resolve("/b/.wh..wh..opq")).toBeUndefined();
  });
});

describe("a later entry", () => {
  test("replaces a file by another, by one that nobody may execute too", async () => {
    const tree = await treeOf(
      [file("a"), file("b")],
      [
        { path: "a", mode: 0o700 },
        { path: "b", mode: 0o644 },
      ],
    );
    expect(tree.resolve("/a")?.node).toMatchObject({ mode: 0o700 });
    expect(tree.resolve("/b")).toBeUndefined();
  });

  test("keeps what is in a folder, and changes its mode", async () => {
    const tree = await treeOf([file("a/b")], [{ path: "a/", mode: 0o700, directory: true }]);
    expect(tree.resolve("/a/b")).toMatchObject({ path: "/a/b", open: false });
  });

  test("replaces a link by a folder, and a folder by a link", async () => {
    const tree = await treeOf(
      [file("x/f"), { path: "a", link: "x" }, file("b/f")],
      [
        { path: "a", directory: true },
        { path: "b", link: "a" },
      ],
    );
    expect(tree.resolve("/a")?.path).toBe("/a");
    expect(tree.resolve("/b")?.path).toBe("/a");
    expect(tree.resolve("/b/f")).toBeUndefined();
  });
});

test.each([
  ["/open/f", true],
  ["/closed/f", false],
  ["/link/f", false],
  ["/closed", true],
])("whether every user gets to %s is known: %s", async (path, open) => {
  const tree = await treeOf([
    { path: "closed", mode: 0o700, directory: true },
    file("closed/f"),
    file("open/f"),
    { path: "link", link: "closed" },
  ]);
  expect(tree.resolve(path)?.open).toBe(open);
});

test("names that lead out of the image stay in it, and long ones are whole", async () => {
  const long = `${"folder/".repeat(40)}file`;
  const tree = await treeOf([file("../../a"), file("/b"), file("./c/./d"), file(long)]);
  for (const path of ["/a", "/b", "/c/d", `/${long}`]) expect(tree.resolve(path)?.path).toBe(path);
});

describe("an image is refused that", () => {
  const layer = { mediaType: "application/vnd.oci.image.layer.v1.tar", digest: "", size: 0 };
  const refused = async (entries: TestEntry[]) => treeOf(entries).then(String, (error: Error) => error.message);

  test("has folders deeper than any", async () => {
    expect(await refused([{ path: "a/".repeat(255), directory: true }])).not.toContain("deep");
    expect(await refused([{ path: "a/".repeat(257), directory: true }])).toContain("has folders more than 256 deep");
  });

  test.each<[string, TestEntry]>([
    ["a path", { path: "a/".repeat(2100) }],
    ["a name", { path: "a".repeat(256) }],
    ["a link", { path: "a", link: "b/".repeat(2100) }],
  ])("has %s that Linux refuses", async (_, entry) => {
    expect(await refused([entry])).toContain("has a path that Linux refuses");
  });

  const limited = (limits: Partial<Limits>) => new FileTree({ entries: 9, text: 9, steps: 9, ...limits });

  test("has more text than is read, in all of its files", () => {
    const tree = limited({ text: 10 });
    const add = (path: string) => tree.add(path, { kind: "file", mode: 0o644, layer: 1, text: "12345" });
    for (const path of ["a/pyvenv.cfg", "b/pyvenv.cfg"]) add(path);
    expect(() => add("c/pyvenv.cfg")).toThrow("has more than 10 characters in the files that are read");
  });

  test("has more entries than any, those counted that no layer describes", () => {
    const tree = limited({ entries: 3 });
    const add = (path: string) => tree.add(path, { kind: "link", target: "x", layer: 1 });
    for (const path of ["a/b/c", "a/b/c"]) add(path);
    expect(() => add("d")).toThrow("has more than 3 folders, links and programs");
  });

  test("has links that lead through each other, however short it is; the next rule begins anew", () => {
    const tree = limited({ steps: 100 });
    tree.add("a", { kind: "link", target: "./".repeat(30), layer: 1 });
    expect(() => tree.resolve("/a/a/a/a/a")).toThrow(
      "takes too long to look through: its links lead through each other",
    );
    tree.begin();
    expect(tree.resolve("/a")?.path).toBe("/");
  });

  test("begins to say glibc's version again and again, which is not searched for to the end each time", async () => {
    const tree = new FileTree();
    const libc = (between: number) => `GNU C Library ${"x".repeat(between)}version 2.36`;
    for (const [name, between] of [
      ["near", 200],
      ["far", 201],
    ] as const) {
      const entries = [{ path: `${name}/libc.so.6`, text: libc(between) }];
      await applyLayer(tree, 1, layer, Readable.from([await tarOf(entries)]));
    }
    const textOf = (path: string) => {
      const node = tree.resolve(path)?.node;
      return node?.kind === "file" ? node.text : node;
    };
    expect([textOf("/near/libc.so.6"), textOf("/far/libc.so.6")]).toEqual(["2.36", undefined]);
  });
});
