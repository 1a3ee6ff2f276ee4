import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { commandLine } from "../../../src/common/command-line";
import { UsageError } from "../../../src/common/errors";
import { npmScriptOf, requireAllOptions, withoutNpmScript } from "../../../src/common/npm";

jest.setTimeout(120_000);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "npm-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const variables = (script: string) => ({
  npm_lifecycle_event: script,
  npm_package_json: join(folder, "package.json"),
  INIT_CWD: join(folder, "docker"),
});

describe("a script of npm", () => {
  test("is what runs in its package's folder: the person stands where npm was called", () => {
    expect(npmScriptOf(variables("start"), folder)).toEqual({
      name: "start",
      folder,
      calledFrom: join(folder, "docker"),
    });
  });

  test.each([
    ["without npm", () => ({}), () => folder],
    ["in another folder, where something runs that a script has started", () => variables("test"), () => tmpdir()],
    ["which a script has started for a person", () => withoutNpmScript(variables("local-cloud")), () => folder],
  ])("is not what runs %s", (_, env, cwd) => {
    expect(npmScriptOf(env(), cwd())).toBeUndefined();
  });
});

/** The command `status` of a program with options of its own, as it is after it was called so. */
function command(...args: string[]) {
  const program = commandLine("local-cloud", "1.2.3").option("--directory <path>");
  const status = program.command("status").option("--json").option("--dry-run").option("--port <number>", "", "1");
  status.action(() => undefined);
  program.parse(args, { from: "user" });
  return status;
}

describe("an option that npm has kept is said", () => {
  const refused = (script: string, env: NodeJS.ProcessEnv, ...args: string[]) => {
    try {
      requireAllOptions({ name: script, folder, calledFrom: folder }, command("status", ...args), env);
    } catch (error) {
      return error;
    }
    return undefined;
  };

  test.each([
    ["a switch", { npm_config_json: "true" }, "--json"],
    ["one with a value", { npm_config_port: "9600" }, "--port <number>"],
    ["one whose value npm has left", { npm_config_port: "true" }, "--port <number>"],
    ["one of two words", { npm_config_dry_run: "true" }, "--dry-run"],
    ["one of the program", { npm_config_directory: "x" }, "--directory <path>"],
  ])("%s", (_, env, option) => {
    const error = refused("local-cloud", env);
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toHaveProperty(
      "message",
      `npm has taken ${option.split(" ")[0]} for an option of its own. Write \`--\` before the options: ` +
        `npm run local-cloud -- status ${option}`,
    );
  });

  test.each([
    ["start", /: npm start -- /],
    ["npx", /: npm exec -- local-cloud /],
  ])("with how %s is called", (script, call) => {
    expect(refused(script, { npm_config_port: "9600" })).toHaveProperty("message", expect.stringMatching(call));
  });

  test.each([
    ["where there is none", {}],
    ["one that is switched off", { npm_config_json: "" }],
    ["one that is not the command's", { npm_config_yes: "true", npm_config_registry: "https://npm.example" }],
  ])("but not %s", (_, env) => expect(refused("local-cloud", env)).toBeUndefined());

  test("but not one that has come", () => {
    expect(refused("local-cloud", { npm_config_json: "true" }, "--json")).toBeUndefined();
    expect(refused("local-cloud", { npm_config_port: "9600" }, "--port", "9600")).toBeUndefined();
  });

  test.each([".npmrc", "user", "global"])("but not one that a person's settings of npm have: %s", (file) => {
    const env = {
      npm_config_json: "true",
      npm_config_userconfig: join(folder, "user"),
      npm_config_globalconfig: join(folder, "global"),
    };
    writeFileSync(join(folder, file), "audit=false\n  json = true\n");
    expect(refused("local-cloud", env)).toBeUndefined();
  });
});

describe("by npm itself", () => {
  const root = resolve(__dirname, "../../..");

  /** Runs a script of a package in the folder `docker` of it. The script is this project's command. */
  function npm(...args: string[]) {
    const script = `"${process.execPath}" "${join(root, "src/cli/job-container.js")}"`;
    writeFileSync(join(folder, "package.json"), JSON.stringify({ scripts: { start: script, jc: script } }));
    writeFileSync(join(folder, "Pulumi.yaml"), "name: x\n");
    mkdirSync(join(folder, "docker"), { recursive: true });
    writeFileSync(join(folder, "docker/ci.yml"), "channels: [conda-forge]\ndependencies: [python=3.11]\n");
    return new Promise<{ code: number; stdout: string; stderr: string }>((done) => {
      const child = execFile(
        "npm",
        args,
        {
          cwd: join(folder, "docker"),
          env: { PATH: process.env.PATH, HOME: folder, npm_config_update_notifier: "false" },
        },
        (_, stdout, stderr) => done({ code: child.exitCode ?? -1, stdout, stderr }),
      );
    });
  }
  const files = ["--ci", "ci.yml", "--training", "ci.yml", "--scoring", "ci.yml"];

  test("options behind `--` arrive, and paths are from where the person stands", async () => {
    const { code, stdout } = await npm("run", "--silent", "jc", "--", "check", "conda", ...files, "--json");
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, findings: [] });
  });

  test.each([
    [["run", "jc", "check", "image", "a/b:1", "--json"], "--json", "npm run jc -- check image --json"],
    // npm leaves the value, of which the command complains first.
    [["start", "check", "image", "a/b:1", "--platform", "x"], "--platform", "npm start -- check image --platform <p"],
  ])("options before `--` are wrong usage: npm %j", async (args, option, call) => {
    const { code, stderr } = await npm(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(
      `error: npm has taken ${option} for an option of its own. Write \`--\` before the options: ${call}`,
    );
  });
});
