import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkedOut, projectFolder, readProject } from "../../../src/cli/project";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "project-"));
  mkdirSync(join(folder, "deploy/docker"), { recursive: true });
  writeFileSync(join(folder, "deploy/Pulumi.yaml"), "name: x\n");
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each(["deploy", "deploy/docker"])("the project folder of %s is where Pulumi.yaml is", (from) => {
  expect(projectFolder(join(folder, from))).toBe(join(folder, "deploy"));
});

test("without Pulumi.yaml it says where it was looked for, and what to do", () => {
  expect(() => projectFolder(folder)).toThrow(
    `there is no Pulumi.yaml in ${folder} or in a folder above it. Run the command in the folder where`,
  );
});

test("of a repository, it is the one folder below the root that has it, from anywhere in it", () => {
  mkdirSync(join(folder, ".git"));
  mkdirSync(join(folder, "ml"));
  for (const from of ["", "ml"]) expect(projectFolder(join(folder, from))).toBe(join(folder, "deploy"));
});

test("of a repository with several, one has to be chosen", () => {
  mkdirSync(join(folder, ".git"));
  mkdirSync(join(folder, "other"));
  writeFileSync(join(folder, "other/Pulumi.yaml"), "name: y\n");
  expect(() => projectFolder(folder)).toThrow(
    "several folders of the repository have one: deploy, other. Run the command in one of them.",
  );
});

test("a Pulumi.yaml above the repository is somebody else's", () => {
  mkdirSync(join(folder, "deploy/docker/.git"));
  expect(() => projectFolder(join(folder, "deploy/docker"))).toThrow("there is no Pulumi.yaml in");
});

test("the root is Git's, or else where the run's sources are, or the project folder", () => {
  const from = join(folder, "deploy/docker");
  expect(checkedOut({}, from).root).toBe(join(folder, "deploy"));
  expect(checkedOut({ BUILD_SOURCESDIRECTORY: folder }, from).root).toBe(folder);
  expect(checkedOut({ BUILD_SOURCESDIRECTORY: join(folder, "other") }, from).root).toBe(join(folder, "deploy"));
  mkdirSync(join(folder, ".git"));
  expect(checkedOut({}, from)).toEqual({ root: folder, folder: from });
});

test("a project's file is read as Pulumi has it, with defaults under either form of a setting's name", () => {
  const text = "name: x\nmain: program\nconfig:\n  a: {type: string, default: 1}\n  x:b: {default: [c]}\n  d: e\n";
  writeFileSync(join(folder, "deploy/Pulumi.yaml"), text);
  expect(readProject(join(folder, "deploy"))).toEqual({ name: "x", main: "program", defaults: { a: 1, b: ["c"] } });
  for (const broken of ["main: [", "runtime: nodejs\n"]) {
    writeFileSync(join(folder, "deploy/Pulumi.yaml"), broken);
    expect(() => readProject(join(folder, "deploy"))).toThrow(
      /Pulumi\.yaml is not a Pulumi project's: .*\nCorrect it\./s,
    );
  }
});
