import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../support/repository";

/** Runs JavaScript with the preload. @returns what it prints, as JSON */
function run(script: string, folder = projectRoot) {
  const args = ["--require", join(projectRoot, "fast.js"), "--eval", script];
  return JSON.parse(execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8" }));
}

/** The packages that a program has loaded at its end. */
const loaded = `JSON.stringify(Object.keys(require.cache).flatMap((file) =>
  /.*node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(file)?.[1] ?? []))`;

test.each([
  ["a program", "@pulumi/pulumi", "@pulumi/pulumi"],
  ["this program", "./index.ts", "@pulumi/azure-native"],
])("%s loads neither TypeScript's compiler nor npm's reader of node_modules", (_, program, used) => {
  const packages = new Set(run(`require("${program}"); console.log(${loaded})`));
  expect(packages).toContain(used);
  for (const name of ["typescript", "@npmcli/arborist", "normalize-package-data"]) expect(packages).not.toContain(name);
});

test("one that sends a function to a cloud, or runs Pulumi, gets what it needs", () => {
  const script = `const pulumi = require("@pulumi/pulumi"); const who = "it";
    pulumi.runtime.serializeFunction(() => "hello " + who).then(({ text }) => console.log(JSON.stringify({
      hello: text.includes("hello") && text.includes('who: "it"'),
      automation: typeof pulumi.automation.LocalWorkspace.create,
    })))`;
  expect(run(script)).toEqual({ hello: true, automation: "function" });
});

test("what Pulumi calls otherwise is loaded at once, and others' modules of these names as well", () => {
  const folder = mkdtempSync(join(tmpdir(), "defer-"));
  const write = (path: string, text: string) => {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const pulumi = "node_modules/@pulumi/pulumi";
  try {
    write(`${pulumi}/index.js`, 'exports.late = require("./automation"); exports.early = require("./renamed");');
    write(`${pulumi}/automation.js`, 'globalThis.order.push("automation"); exports.is = 1;');
    write(`${pulumi}/renamed.js`, 'globalThis.order.push("renamed");');
    write("node_modules/other/index.js", 'exports.early = require("./automation");');
    write("node_modules/other/automation.js", 'globalThis.order.push("other");');
    const script = `globalThis.order = []; const { late } = require("@pulumi/pulumi"); require("other");
      globalThis.order.push("end"); late.is; late.is; console.log(JSON.stringify(globalThis.order))`;
    expect(run(script, folder)).toEqual(["renamed", "other", "end", "automation"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
