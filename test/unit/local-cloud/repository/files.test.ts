import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { checkedOutFiles } from "../../../../local-cloud/repository/files";
import { projectRoot } from "../../../support/repository";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "files-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const git = (...args: string[]) => execFileSync("git", ["-C", root, ...args], { stdio: "ignore" });

function write(path: string, content: string | Uint8Array = path): void {
  mkdirSync(join(root, dirname(path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

const paths = () =>
  checkedOutFiles(root)
    .files.map(({ path }) => path)
    .sort();

describe.each([
  ["with Git", () => git("init", "--quiet")],
  ["without Git", () => {}],
])("%s", (_, prepare) => {
  beforeEach(() => prepare());

  test.each<[string, Uint8Array]>([
    ["a picture", Buffer.from("89504e470d0a1a0a0000000d49484452ff00fe80", "hex")],
    ["line ends of Windows", Buffer.from("a,b\r\n1,2\r\n")],
    ["latin-1", Buffer.from("caf\xe9\n", "latin1")],
    ["UTF-8 with a byte order mark", Buffer.from("\ufeffé\n")],
    ["nothing", Buffer.alloc(0)],
  ])("%s is taken byte by byte", (_, bytes) => {
    write("data/file", bytes);
    const [file] = checkedOutFiles(root).files;
    expect(file).toMatchObject({ path: "data/file", mode: "100644" });
    expect(file?.content()).toEqual(bytes);
  });

  test("what may be run stays so, and a link stays a link, also one that leads nowhere", () => {
    write("train.sh", "#!/bin/sh\n");
    chmodSync(join(root, "train.sh"), 0o755);
    symlinkSync("train.sh", join(root, "latest"));
    symlinkSync("/nowhere/é", join(root, "nowhere"));
    const files = checkedOutFiles(root).files.map(({ path, mode, content }) => [path, mode, content().toString()]);
    expect(files.sort()).toEqual([
      ["latest", "120000", "train.sh"],
      ["nowhere", "120000", "/nowhere/é"],
      ["train.sh", "100755", "#!/bin/sh\n"],
    ]);
  });

  test("a team's own files are all there, whatever they are called", () => {
    const own = [".npmrc", "local-cloud/a.py", "model/train.py", "test/test_train.py", "with space/ü.txt"];
    for (const path of own) write(path);
    expect(paths()).toEqual(own);
  });

  test.each(["node_modules/zod/index.js", ".venv/bin/python", ".local-cloud/keys.json", "Pulumi.local.yaml"])(
    "%s stays out",
    (path) => {
      write(path);
      write(".gitignore", "node_modules\n.venv\n.local-cloud\nPulumi.local.yaml\n");
      expect(paths()).toEqual([".gitignore"]);
    },
  );
});

describe("with Git", () => {
  beforeEach(() => git("init", "--quiet"));

  test("what it ignores stays out, and what it tracks all the same is in", () => {
    write("env/lib/x.py");
    write("dist/kept.whl");
    write("index.py");
    git("add", "--force", "dist/kept.whl");
    write(".gitignore", "env/\ndist/\n");
    expect(paths()).toEqual([".gitignore", "dist/kept.whl", "index.py"]);
  });

  test("what was removed is not in it, although Git still tracks it", () => {
    write("gone.py");
    git("add", "gone.py");
    rmSync(join(root, "gone.py"));
    expect(checkedOutFiles(root)).toEqual({ files: [], leftOut: [] });
  });

  test("another repository in it is left out, and said to be", () => {
    write("other/a.py");
    execFileSync("git", ["-C", join(root, "other"), "init", "--quiet"]);
    execFileSync("git", ["-C", join(root, "other"), "add", "a.py"]);
    expect(checkedOutFiles(root)).toEqual({ files: [], leftOut: ["other/: it is a Git repository of its own"] });
  });

  test("a name that is not UTF-8 is left out, and said to be", () => {
    writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x66, 0xff])]), "x");
    expect(checkedOutFiles(root)).toEqual({ files: [], leftOut: ["f\ufffd: its name is not UTF-8"] });
  });

  test("a list of any length is read", () => {
    mkdirSync(join(root, "many"));
    for (let number = 0; number < 8000; number++) writeFileSync(join(root, `many/${"x".repeat(150)}-${number}`), "");
    expect(paths()).toHaveLength(8000);
  });
});

test("without Git a local cloud is not in it, whatever its folder is called; other settings are", () => {
  for (const path of ["cloud/settings.json", "cloud/stacks/a", "cloud/keys.json", ".vscode/settings.json"]) write(path);
  expect(paths()).toEqual([".vscode/settings.json"]);
});

test("this project's has what its pipelines run", () => {
  const { files, leftOut } = checkedOutFiles(projectRoot);
  expect(leftOut).toEqual([]);
  expect(files.map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      ...["docker/docker-image-pipeline.yml", "pipelines/model-ci.yml", "package.json", "package-lock.json", ".npmrc"],
      ...["src/cli/check/conda.ts", "src/cli/check/image.ts", "sdks/azuredevops/package.json"],
    ]),
  );
  const readme = files.find(({ path }) => path === "README.md");
  expect(readme?.content()).toEqual(readFileSync(join(projectRoot, "README.md")));
});
