import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { installToolchain } from "../../local-cloud/toolchain";
import { talking } from "./support/printed";

const minutes = 60_000;

let bin: string;
beforeAll(async () => {
  bin = join((await installToolchain()).pulumi, "bin");
}, 30 * minutes);

let directory: string;
let env: NodeJS.ProcessEnv;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "toolchain-"));
  mkdirSync(join(directory, "state"));
  env = {
    ...process.env,
    PATH: `${bin}${delimiter}${process.env.PATH}`,
    PULUMI_HOME: join(directory, "home"),
    PULUMI_BACKEND_URL: `file://${join(directory, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
  symlinkSync(join(__dirname, "..", "..", "node_modules"), join(directory, "node_modules"));
  writeFileSync(join(directory, "package.json"), JSON.stringify({ dependencies: { "@pulumi/pulumi": "*" } }));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Makes a project of one file, which Node needs help to load when it is TypeScript, and a stack. */
function project(file: "index.js" | "index.ts", program: string): void {
  const options = file === "index.ts" ? { typescript: false, nodeargs: "--import tsx" } : { typescript: false };
  writeFileSync(
    join(directory, "Pulumi.yaml"),
    JSON.stringify({ name: "test", main: file, runtime: { name: "nodejs", options } }),
  );
  writeFileSync(join(directory, file), program);
  pulumi("stack", "init", "test");
}

function pulumi(...args: string[]): string {
  return execFileSync("pulumi", args, { cwd: directory, env, encoding: "utf8" });
}

function start(...args: string[]): ChildProcess & { said: string } {
  const child = spawn("pulumi", args, { cwd: directory, env });
  return talking(child);
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 100));
}

function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}

describe("the language host for Node", () => {
  test(
    "runs a program with its configuration, Node's arguments and a dynamic resource",
    async () => {
      project(
        "index.ts",
        `import * as pulumi from "@pulumi/pulumi";
         const config = new pulumi.Config();
         const provider: pulumi.dynamic.ResourceProvider = { create: async (inputs) => ({ id: "made", outs: inputs }) };
         class Thing extends pulumi.dynamic.Resource {}
         export const id = new Thing(provider, "thing", {}).id;
         export const plain = config.require("plain");
         export const hidden = config.requireSecret("hidden");
         export const project = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
         console.log("a word from the program");`,
      );
      pulumi("config", "set", "plain", "seen");
      pulumi("config", "set", "--secret", "hidden", "unseen");
      expect(pulumi("up", "--yes", "--skip-preview")).toContain("a word from the program");
      const outputs = JSON.parse(pulumi("stack", "output", "--json"));
      expect(outputs).toEqual({ id: "made", plain: "seen", hidden: "[secret]", project: "organization/test/test" });
    },
    5 * minutes,
  );

  test(
    "says why a program failed, once",
    async () => {
      // Without a stack: Node 20 needs 15 seconds to colour one that has the SDK's frames in it.
      project(
        "index.js",
        `const { RunError } = require("@pulumi/pulumi"); throw Object.assign(new RunError("the reason"), { stack: "" });`,
      );
      const failed = start("preview", "--diff");
      expect((await once(failed, "close"))[0]).not.toBe(0);
      expect(failed.said.match(/the reason/g)).toHaveLength(1);
      expect(failed.said).not.toContain("non-zero exit code");

      writeFileSync(join(directory, "index.js"), "process.exit(3);");
      const left = start("preview", "--diff");
      expect((await once(left, "close"))[0]).not.toBe(0);
      expect(left.said).toContain("Program exited with non-zero exit code: 3");
    },
    5 * minutes,
  );

  test("names the package that is missing", async () => {
    project("index.js", "");
    rmSync(join(directory, "node_modules"));
    const failed = start("preview", "--diff");
    expect((await once(failed, "close"))[0]).not.toBe(0);
    expect(failed.said).toContain(`@pulumi/pulumi is not installed in ${directory}: run npm ci there`);
  }, 60_000);

  test.each<NodeJS.Signals>(["SIGINT", "SIGKILL"])(
    "ends the program when the engine ends by %s",
    async (signal) => {
      const file = join(directory, "pid");
      project("index.js", `require("fs").writeFileSync("pid", String(process.pid)); setInterval(() => {}, 1000);`);
      const engine = start("preview");
      await until(() => existsSync(file) && readFileSync(file, "utf8") !== "");
      const program = Number(readFileSync(file, "utf8"));
      expect(isRunning(program)).toBe(true);
      engine.kill(signal);
      await until(() => !isRunning(program));
    },
    minutes,
  );
});
