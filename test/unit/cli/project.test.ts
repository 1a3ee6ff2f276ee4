import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectFolder } from "../../../src/cli/project";

const folder = mkdtempSync(join(tmpdir(), "project-"));
mkdirSync(join(folder, "deploy/docker"), { recursive: true });
writeFileSync(join(folder, "deploy/Pulumi.yaml"), "name: x\n");
afterAll(() => rmSync(folder, { recursive: true }));

test.each(["deploy", "deploy/docker"])("the project folder of %s is where Pulumi.yaml is", (from) => {
  expect(projectFolder(join(folder, from))).toBe(join(folder, "deploy"));
});

test("without Pulumi.yaml it says where it was looked for, and what to do", () => {
  expect(() => projectFolder(folder)).toThrow(
    `there is no Pulumi.yaml in ${folder} or in a folder above it. Run the command in the folder where`,
  );
});
