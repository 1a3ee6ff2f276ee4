import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { installedCommand } from "../../../../local-cloud/start/installed-command";

let root: string;
let project: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "installed-"));
  project = join(root, "deploy/job-container");
  mkdirSync(project, { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text = ""): string {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  return join(root, path);
}

test("a command is the one that is installed nearest upwards", () => {
  const above = write("node_modules/.bin/job-container");
  expect(installedCommand("job-container", project)).toEqual([above]);
  const own = write("deploy/job-container/node_modules/.bin/job-container");
  expect(installedCommand("job-container", project)).toEqual([own]);
});

test("a package's own command need not be installed", () => {
  write("deploy/job-container/package.json", JSON.stringify({ bin: { "job-container": "src/main.js" } }));
  expect(installedCommand("job-container", project)).toEqual([process.execPath, join(project, "src/main.js")]);
});

test("one that is not there is said, with where it was looked for", () => {
  write("package.json", JSON.stringify({ name: "a", bin: "main.js" }));
  expect(() => installedCommand("job-container", project)).toThrow(
    `the command job-container is not installed in ${project} or in a folder above it.`,
  );
});
