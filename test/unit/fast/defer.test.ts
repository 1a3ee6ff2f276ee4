import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../support/repository";

interface Options {
  folder?: string;
  /** Arguments of the script. */
  args?: string[];
  env?: NodeJS.ProcessEnv;
}

/** Runs JavaScript with the preload. @returns what it prints, as JSON */
function run(script: string, { folder = projectRoot, args = [], env }: Options = {}) {
  const node = ["--require", join(projectRoot, "fast.js"), "--eval", script, "--", ...args];
  return JSON.parse(
    execFileSync(process.execPath, node, { cwd: folder, env: { ...process.env, ...env }, encoding: "utf8" }),
  );
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

test.each([
  ["asks for none", [], false],
  ["asks for it", ["--tracing", "http://127.0.0.1:9411"], true],
])("tracing is set up where the engine %s", (_, args, expected) => {
  const packages = run(`require("@pulumi/pulumi/cmd/run/tracing").newSpan("a span").end(); console.log(${loaded})`, {
    args,
  });
  expect(packages.includes("@opentelemetry/sdk-trace-node")).toBe(expected);
});

test.each([
  ["nobody has asked for", {}, false],
  ["somebody has asked for", { PULUMI_DEBUG_PROMISE_LEAKS: "true" }, true],
])("a promise takes the stack trace that %s, and Error goes on as it was", (_, env, expected) => {
  const script = `require("@pulumi/pulumi"); const { debuggablePromise } = require("@pulumi/pulumi/runtime/debuggable");
    const promise = Promise.resolve(3);
    debuggablePromise(promise).then((value) => console.log(JSON.stringify({
      value, hasStack: / at /.test(promise._debugStackTrace), others: / at /.test(new Error().stack),
    })))`;
  expect(run(script, { env })).toEqual({ value: 3, hasStack: expected, others: true });
});

test("the inspector is connected for a program that sends a function, and for no other", () => {
  const script = `const connects = (code) => {
      const { Session } = require("inspector"); const { connect } = Session.prototype; let connected = false;
      Session.prototype.connect = function () { connected = true; return connect.call(this); };
      return Promise.resolve(code()).then(() => connected);
    };
    const pulumi = require("@pulumi/pulumi");
    const file = require.resolve("@pulumi/pulumi/cmd/run");
    const run = Object.assign(new module.constructor(file), { filename: file, paths: module.paths });
    const start = () => run.require("../../runtime/closure/v8Hooks").isInitializedAsync();
    connects(start).then(async (atStart) => console.log(JSON.stringify({
      atStart, sent: await connects(() => pulumi.runtime.serializeFunction(() => 1)) })))`;
  expect(run(script)).toEqual({ atStart: false, sent: true });
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
    expect(run(script, { folder })).toEqual(["renamed", "other", "end", "automation"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each([
  ["run", true],
  ["run-plugin", undefined],
])("debug messages are joined in Pulumi's runner, which has one engine: in cmd/%s %s", (name, expected) => {
  const folder = mkdtempSync(join(tmpdir(), "runner-"));
  try {
    const main = join(folder, "cmd", name, "index.js");
    mkdirSync(join(folder, "cmd", name), { recursive: true });
    const sdk = require.resolve("@pulumi/pulumi");
    writeFileSync(main, `console.log(JSON.stringify({ joins: require(${JSON.stringify(sdk)}).log.debug.joins }))`);
    const node = ["--require", join(projectRoot, "fast.js"), main];
    expect(JSON.parse(execFileSync(process.execPath, node, { encoding: "utf8" }))).toEqual({ joins: expected });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("what Node has compiled for others is of use with it, and what it has compiled with it for others", () => {
  const folder = mkdtempSync(join(tmpdir(), "compiled-"));
  const compile = (...args: string[]) => {
    const env = { ...process.env, NODE_COMPILE_CACHE: folder, NODE_DEBUG_NATIVE: "COMPILE_CACHE" };
    const node = [...args, "--eval", 'require("@js-sdsl/ordered-map")'];
    return spawnSync(process.execPath, node, { cwd: projectRoot, env, encoding: "utf8" }).stderr;
  };
  const preload = ["--require", join(projectRoot, "fast.js")];
  try {
    compile(...preload);
    for (const others of [compile(), compile(...preload)]) {
      expect(others).toContain("was accepted");
      expect(others).not.toContain("was rejected");
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("messages in zod's languages are loaded for who asks for one", () => {
  const languages = `Object.keys(require.cache).filter((file) => /zod.*locales.(?!en|index)/.test(file)).length`;
  const script = `const z = require("zod"); const before = ${languages}; const { de } = z.locales; z.config(de());
    console.log(JSON.stringify({ before, after: ${languages} > 40, message: z.string().safeParse(1).error.issues[0].message }))`;
  expect(run(script)).toEqual({ before: 0, after: true, message: expect.stringContaining("Ungültige Eingabe") });
});
