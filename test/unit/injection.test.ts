import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { parseLoggingCommand } from "../../local-cloud/agent/log/logging-commands";
import { html } from "../../local-cloud/pages/html";
import { renderComment } from "../../src/cli/env/comment/render";
import { branchFile, makeProjectFolder } from "../../src/cli/env/project-folder";
import { chooseBuild } from "../../src/cli/image/choose-build";
import { compareFiles } from "../../src/cli/image/compare-files";
import { messageOf } from "../../src/common/errors";
import { PrintableLines, printable, printableJson } from "../../src/common/printable";
import { condaChannelProblem } from "../../src/conda/solve/channels";
import { parseReference } from "../../src/image/reference";
import { tagRule } from "../../src/rules/names";
import { Commands } from "./support/commands";
import { hostile } from "./support/hostile";

jest.setTimeout(120_000);

/** Where scripts and commands run: nothing may appear in it. */
let folder: string;
/** Programs that print how they were called. */
let bin: string;

beforeAll(() => {
  bin = mkdtempSync(join(tmpdir(), "injection-bin-"));
  for (const name of ["npm", "npx"]) {
    writeFileSync(join(bin, name), `#!/bin/bash\nprintf '%s\\0' ${name} "$@"\n`);
    chmodSync(join(bin, name), 0o755);
  }
  for (const [name, answer] of [
    ["az", "token"],
    ["node", "policies"],
  ] as const) {
    writeFileSync(join(bin, name), `#!/bin/bash\necho ${answer}\n`);
    chmodSync(join(bin, name), 0o755);
  }
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "injection-"));
});
afterEach(() => {
  expect(readdirSync(folder)).toEqual([]);
  rmSync(folder, { recursive: true });
});
afterAll(() => rmSync(bin, { recursive: true }));

/** Runs a script as the agent does. Null characters cannot be in a variable, and are in none of the values. */
function bash(script: string, environment: Record<string, string>) {
  return spawnSync("bash", ["--noprofile", "--norc", "-c", script], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: `${bin}:/usr/bin:/bin`, ...environment },
  });
}

/** What an agent would do for what was printed. */
function commandsIn(text: string): string[] {
  return text.split(/\r?\n|\r/).flatMap((line) => {
    const { name, properties } = parseLoggingCommand(line) ?? {};
    return name === undefined ? [] : [`${name} ${properties?.get("variable") ?? properties?.get("type")}`];
  });
}

/** Whether a text has nothing in it that acts on a terminal or on an agent. */
function expectInert(text: string): void {
  expect(text).not.toMatch(/##vso\[/i);
  expect(text).not.toMatch(/(?!\t|\n|\r\n)[\p{Cc}\p{Cf}]/u);
}

interface Steps {
  steps: { bash?: string; displayName: string; inputs?: Record<string, string>; env?: Record<string, string> }[];
}

describe("the image-build pipeline's scripts take every value as data", () => {
  const { steps }: Steps = parse(readFileSync("docker/docker-image-pipeline.yml", "utf8"));
  const scriptOf = (name: string) => steps.find(({ displayName }) => displayName === name)?.bash ?? "exit 99";

  /** What `job-container image tags` prints, in a folder with a Dockerfile. */
  function choose(environment: Record<string, string>) {
    const place = { root: process.cwd(), folder: process.cwd() };
    const variables = { BUILD_BUILDNUMBER: "1", DOCKERFILE: "docker/Dockerfile", ...environment };
    const { lines, failed } = chooseBuild(variables, place, join(bin, "copies"));
    for (const line of lines) expect(line).not.toMatch(/[\n\r]/);
    return { status: failed ? 1 : 0, stdout: lines.join("\n") };
  }
  const all = ["buildTag", "tags", "options", "context", "preparedDockerfile"].map(
    (name) => `task.setvariable ${name}`,
  );

  test("the variables reach the command as they are: by its environment alone", () => {
    const { stdout } = bash(scriptOf("Choose the tags and options"), Object.fromEntries([["GITHUBRELEASE", "$(id)"]]));
    expect(stdout.split("\0")).toEqual(["npx", "--no-install", "job-container", "image", "tags", ""]);
  });

  describe.each(["BUILD_BUILDNUMBER", "AMLSDKVERSION", "GITHUBRELEASE"])("%s", (variable) => {
    test.each(hostile)("%s", (_, value) => {
      const { status, stdout } = choose({ [variable]: value });
      const commands = commandsIn(stdout);
      if (status !== 0) return expect(commands).toEqual(["task.logissue error"]);
      expect(commands).toEqual(all);
      const [, tags = ""] = /variable=tags\](.*)/.exec(stdout) ?? [];
      for (const tag of tags.split("%0A")) expect(tag).toMatch(tagRule.pattern);
    });
  });

  describe.each([
    "BASEIMAGE",
    "BUILDCONTEXT",
    "CONDAFILE",
    "CONDACHANNEL",
    "DOCKERFILE",
    "IMAGEREPOSITORY",
    "LOCKFOLDER",
    "LOGINSERVER",
  ])("%s, which the stack sets", (variable) => {
    test.each(hostile)("%s", (_, value) => {
      const { status, stdout } = choose({ [variable]: value });
      const commands = commandsIn(stdout);
      // In the double quotes of a command line: these would end them, or be read within. No Dockerfile has such a name.
      if (/["$`\\]|\p{Cc}/u.test(value) || variable === "DOCKERFILE")
        expect([status, commands]).toEqual([1, ["task.logissue error"]]);
      else expect([status, commands.slice(0, 5)]).toEqual([0, all]);
    });
  });

  test.each(hostile)("the files that are compared: %s", async (_, value) => {
    expect(scriptOf("Check the environment")).toBe("npx --no-install job-container image conda");
    const files = {
      DOCKERFILE: value,
      BUILDCONTEXT: value,
      CONDAFILE: value,
      TRAININGFILES: value,
      SCORINGFILES: value,
    };
    const repository = { root: process.cwd(), folder: process.cwd() };
    const said = await compareFiles({ ENVIRONMENTPOLICY: "error", ...files }, repository).then(
      ({ lines }) => lines.join("\n"),
      (error) => printable(`error: ${messageOf(error)}`),
    );
    expect(said).toMatch(/does not exist|it is not a conda environment file/);
    expect(commandsIn(said)).toEqual([]);
  });

  test.each(hostile)("the image that is checked: %s", (_, value) => {
    const { stdout } = bash(scriptOf("Check the image"), {
      ...{ LOGINSERVER: value, IMAGEREPOSITORY: value, BUILD_BUILDNUMBER: value, PLATFORMS: value },
    });
    const args = ["npx", "--no-install", "job-container", "check", "image", `${value}/${value}:build-${value}`];
    expect(stdout.split("\0")).toEqual([...args, "--platform", value, ""]);
  });
});

describe("the infrastructure pipeline's script takes every value as data", () => {
  const { steps }: Steps = parse(readFileSync("pipelines/infrastructure.yml", "utf8"));
  const step = steps.find(({ inputs }) => inputs?.inlineScript !== undefined);
  /** What is printed but for the first line, which has the agent mask the token for Azure DevOps. */
  const run = (environment: Record<string, string>) => {
    const { status, stdout, stderr } = bash(step?.inputs?.inlineScript ?? "exit 99", { ...step?.env, ...environment });
    const [masked, ...printed] = stdout.split("\n");
    expect(masked).toBe("##vso[task.setsecret]token");
    return { status, stdout: printed.join("\n"), stderr };
  };

  test.each(hostile)("a branch: %s", (_, value) => {
    const branch = { BUILD_REASON: "Manual", BUILD_SOURCEBRANCH: `refs/heads/${value}`, BASESTACK: "dev" };
    const { status, stdout, stderr } = run(branch);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("Only main is deployed");
    expect(stderr).not.toMatch(/##vso\[/i);
  });

  test.each(hostile)("the stack: %s", (_, value) => {
    const main = { BUILD_REASON: "Manual", BUILD_SOURCEBRANCH: "refs/heads/main", BASESTACK: value };
    const { stdout } = run(main);
    const update = ["npx", "pulumi", "up", "--policy-pack", "policies", "--yes", "--non-interactive"];
    expect(stdout.split("\0")).toEqual([...update, "--stack", value, ""]);
  });
});

test("no script of a pipeline has a variable in round brackets: it would become part of the script before", () => {
  for (const file of ["docker/docker-image-pipeline.yml", "pipelines/infrastructure.yml"]) {
    const { steps }: Steps = parse(readFileSync(file, "utf8"));
    const scripts = steps.flatMap(({ bash: script, inputs }) => [script ?? [], inputs?.inlineScript ?? []].flat());
    for (const script of scripts) expect(script).not.toMatch(/\$\(/);
  }
});

test.each(hostile)("no image's name, and no channel: %s", (_, value) => {
  for (const name of [value, `registry.example/${value}`, `registry.example/a:${value}`]) {
    let reference: unknown;
    try {
      reference = parseReference(name);
    } catch (error) {
      expect(error).toMatchObject({ message: expect.stringContaining("is not the name of an image") });
    }
    // What looks like an option or a path is none where it stands.
    if (reference !== undefined) expect(name).toMatch(/^[\w./:-]+$/);
  }
  expect(condaChannelProblem(`https://channel.example/${value}`) === undefined).toBe(/^[\w./-]+$/.test(value));
});

test.each(hostile)("a stack's settings are YAML with the value in it: %s", (_, value) => {
  writeFileSync(join(bin, "Pulumi.yaml"), readFileSync("Pulumi.yaml"));
  const base = {
    ...{ name: "dev", namespace: "job-container", organizationUrl: "https://dev.azure.com/contoso", project: "mlops" },
    settings: { base: "dev", stackName: "{base}-{environment}" },
    repository: { kind: "azureRepos" as const, name: "diabetes", defaultBranch: "main" },
    file: { config: { "job-container:project": value }, encryptionsalt: "v1:" },
  };
  const file = branchFile(base, { name: "environment", branch: value });
  const path = makeProjectFolder(bin, "dev-environment", file);
  expect(parse(readFileSync(join(path, "Pulumi.dev-environment.yaml"), "utf8")).config).toMatchObject({
    "job-container:project": value,
    "job-container:branchEnvironment": { branch: value },
  });
});

test.each(hostile)("a comment on a pull request has the value as text: %s", (_, value) => {
  const change = { kind: "update" as const, secret: false, replaces: false };
  const properties = [{ ...change, path: value, old: value, new: `${value}2` }];
  const resource = { operation: "update" as const, type: value, name: value, urn: value, retained: false, properties };
  const changes = { resources: [resource], outputs: properties, unchanged: 0 };
  const failure = { messages: [{ resource: value, text: value }] };
  const comment = renderComment(
    [
      { title: value, changes },
      { title: value, failure },
    ],
    60_000,
  );
  expectInert(comment.replaceAll("⚠", ""));
  const fenced = /^(`{3,})(?:diff|text)\n[\s\S]*?^\1$/gm;
  const outside = comment.replace(fenced, "").replaceAll(/<\/?(?:code|details|summary)>/g, "");
  expect(outside).not.toMatch(/<|-->|\]\(|(?<![&\w])@\w|(?<![#&])#\d/);
});

test.each(hostile)("a page has the value as text: %s", (_, value) => {
  const { text } = html`<a href="${value}">${value}</a>`;
  expect(text.match(/[<>"]/g)).toEqual(["<", '"', '"', ">", "<", ">"]);
});

describe("what is printed is inert", () => {
  test.each(hostile)("%s", (_, value) => {
    expectInert(printable(value));
    expect(commandsIn(printable(value))).toEqual([]);
    const json = printableJson({ [value]: [value] });
    expectInert(json);
    expect(JSON.parse(json)).toEqual({ [value]: [value] });
  });

  test.each(hostile)("also where it comes in pieces, and with colours: %s", (_, value) => {
    let printed = "";
    const lines = new PrintableLines((text) => {
      printed += text;
    });
    for (const character of `${value}\n${value}`) lines.add(character);
    lines.end();
    expectInert(printed);
    expect(printed).toBe(printable(`${value}\n${value}`).replace(/\n?$/, "\n"));
    expectInert(printable(`\u001b[1;31m${value}\u001b[0m`, { colours: true }).replaceAll(/\p{Cc}\[[\d;]*m/gu, ""));
  });

  test("colours stay where they are wanted, and nothing else does", () => {
    expect(printable("\u001b[31mred\u001b[0m\u001b[2K", { colours: true })).toBe("\u001b[31mred\u001b[0m\\u001b[2K");
  });
});

describe("commands print what others wrote as text", () => {
  let commands: Commands;
  beforeAll(async () => {
    commands = new Commands();
  });
  afterAll(() => commands.remove());

  const quoted = (value: string) => JSON.stringify(value);

  test("adopt: images and names of a pipeline", async () => {
    const containers = hostile.map(([, value], index) => {
      const text = quoted(`mcr.microsoft.com/mlops/python:${value}`);
      return `  - {container: ${quoted(`${index}${value}`)}, image: ${text}}`;
    });
    commands.write("hostile.yml", `resources:\n  containers:\n${containers.join("\n")}\njobs: []\n`);
    const { code, stdout, stderr } = await commands.run("job-container", ["adopt", "hostile.yml"]);
    expect(code).toBe(1);
    expect(stderr).toContain("several containers of hostile.yml could be meant");
    expectInert(stdout + stderr);
    const adopted = await commands.run("job-container", ["adopt", "hostile.yml", "--all"]);
    expect(adopted.code).toBe(0);
    expectInert(adopted.stdout + adopted.stderr);
  });

  test("check conda: packages and channels of a file", async () => {
    const entries = hostile.map(([, value]) => `- ${quoted(value)}`).join("\n");
    commands.write("hostile.yml", `channels:\n${entries}\ndependencies:\n${entries}\n- pip:\n${entries}\n`);
    for (const json of [[], ["--json"]]) {
      const { code, stdout, stderr } = await commands.run("job-container", [
        "check",
        "conda",
        "--ci",
        "hostile.yml",
        ...json,
      ]);
      expect(code).toBe(1);
      expect(stdout).toContain("hostile.yml");
      expectInert(stdout + stderr);
    }
  });

  test("check image and env: arguments that a pipeline has from others", async () => {
    for (const [, value] of hostile.slice(7, 10)) {
      expectInert((await commands.run("job-container", ["check", "image", `registry.example/${value}`])).stderr);
      expectInert((await commands.run("job-container", ["env", "up", "--branch", "b", "--name", value])).stderr);
    }
  });
});

test("Git has no branch with a bracket, which every agent's command has", () => {
  expect(() => execFileSync("git", ["check-ref-format", "--branch", "a##vso[b"], { stdio: "ignore" })).toThrow();
});

test("nothing was left beside this test either", () => {
  expect(existsSync("INJECTED")).toBe(false);
});
