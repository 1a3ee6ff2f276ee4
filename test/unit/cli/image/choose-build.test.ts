import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import dockerignore from "@balena/dockerignore";
import { parseLoggingCommand } from "../../../../local-cloud/agent/log/logging-commands";
import { chooseBuild } from "../../../../src/cli/image/choose-build";

const dockerfile = "ARG BASE_IMAGE\nARG CONDA_FILE\nFROM $BASE_IMAGE\nARG CONDA_CHANNEL\nCOPY --from=lock *.lock /\n";

let root: string;
let temporary: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sources-"));
  temporary = mkdtempSync(join(tmpdir(), "agent-"));
  write("docker/Dockerfile", dockerfile);
});
afterEach(() => {
  for (const folder of [root, temporary]) rmSync(folder, { recursive: true });
});

function write(path: string, text: string): void {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** What the agent makes of what is printed. */
function choose(variables: Record<string, string> = {}, folder = root) {
  const all = {
    ...{ BUILD_BUILDNUMBER: "20261124.1", DOCKERFILE: "docker/Dockerfile", CONDAFILE: "ci.yml" },
    ...{ BASEIMAGE: "base@sha256:1", CONDACHANNEL: "conda-forge", LOCKFOLDER: "", ...variables },
  };
  const { lines, failed } = chooseBuild(all, { root, folder }, join(temporary, "job-container"));
  const commands = lines.flatMap((line) => parseLoggingCommand(line) ?? []);
  const named = (command: string) => commands.filter(({ name }) => name === command);
  return {
    failed,
    text: lines.join("\n"),
    commands: commands.map(({ name }) => name),
    variables: Object.fromEntries(
      named("task.setvariable").map(({ properties, data }) => [properties.get("variable"), data]),
    ),
    issues: named("task.logissue").map(({ properties, data }) => `${properties.get("type")}: ${data}`),
  };
}

const given = [
  '--build-arg "BASE_IMAGE=base@sha256:1"',
  '--build-arg "CONDA_FILE=ci.yml"',
  '--build-arg "CONDA_CHANNEL=conda-forge"',
].join(" ");

test("the build of a branch takes the caches of main's image as well", () => {
  const main = { BASEREPOSITORY: "mlops/main", LOGINSERVER: "acr.azurecr.io" };
  const cache = (tag: string) => `--cache-from "type=registry,ref=acr.azurecr.io/mlops/main:${tag}"`;
  expect(choose(main).variables.options).toBe(`${given} ${cache("cache")} ${cache("latest")}`);
  expect(choose({ ...main, BASEREPOSITORY: "" }).variables.options).toBe(given);
  expect(choose({ ...main, BASEREPOSITORY: 'main" --push "' })).toMatchObject({ failed: true, variables: {} });
});

test("the build is told the platforms, if the stack has set them", () => {
  expect(choose({ PLATFORMS: "linux/arm64" }).variables.options).toBe(`--platform linux/arm64 ${given}`);
  expect(choose({ PLATFORMS: "" }).variables.options).toBe(given);
  expect(choose({ PLATFORMS: "linux/arm64 --push" })).toMatchObject({
    ...{ failed: true, variables: {} },
    issues: [expect.stringContaining('no job runs on "linux/arm64 --push"')],
  });
});

describe("the tags", () => {
  test("a run without a release or SDK gets the tags that it has values for, and says what it leaves out", () => {
    const { variables, text } = choose({ AMLSDKVERSION: "", GITHUBRELEASE: "" });
    expect(variables).toMatchObject({
      ...{ buildTag: "build-20261124.1", tags: "build-20261124.1\nlatest" },
      options: given,
    });
    expect(text).toContain("amlsdkversion is not set: no tag amlsdk-…");
    expect(text).toContain("githubrelease is not set: no tag release-…, no label version");
  });

  test("the SDK's version and the release become tags, and the release a label", () => {
    expect(choose({ AMLSDKVERSION: "1.31.0", GITHUBRELEASE: "3.0.0" }).variables).toMatchObject({
      tags: "build-20261124.1\nlatest\namlsdk-1.31.0\nrelease-3.0.0",
      options: `${given} --label "org.opencontainers.image.version=3.0.0"`,
    });
  });

  test.each(["amlsdk-", "release-"])("%s may be followed by as much as fits into a tag's 128 characters", (prefix) => {
    const variable = prefix === "amlsdk-" ? "AMLSDKVERSION" : "GITHUBRELEASE";
    const fits = "1".repeat(128 - prefix.length);
    expect(choose({ [variable]: fits }).variables.tags).toContain(prefix + fits);
    expect(choose({ [variable]: `${fits}1` })).toMatchObject({ failed: true, variables: {} });
  });

  test.each([
    ["a command of the shell", "1; touch /tmp/x", "1??touch??tmp?x"],
    ["a substitution of the shell", "$(id)`id`", "??id??id?"],
    ["an argument of docker build", '1" --build-arg "BASE_IMAGE=other', "1??--build-arg??BASE_IMAGE?other"],
    ["another tag", "1\nlatest", "1?latest"],
    ["another tag, in the agent's way", "1%0Alatest", "1?0Alatest"],
    ["a command to the agent", "1##vso[task.setvariable variable=tags]x", "1??vso?task.setvariable?variable?tags?x"],
    ["a command to the agent in a line of its own", "1\n##vso[task.complete]", "1???vso?task.complete?"],
    ["a macro", "$(System.AccessToken)", "??System.AccessToken?"],
    ["a letter that only some locales know", "é", "?"],
    ["a space", " ", "?"],
  ])("%s ends the run, and is not repeated", (_, value, shown) => {
    for (const [variable, prefix] of [
      ["amlsdkversion", "amlsdk-"],
      ["githubrelease", "release-"],
    ] as const) {
      const ended = choose({ [variable.toUpperCase()]: value });
      expect(ended).toMatchObject({ failed: true, variables: {}, commands: ["task.logissue"] });
      const [issue, ...others] = ended.issues;
      expect(others).toEqual([]);
      expect(issue).toContain(`error: the variable ${variable} makes the tag ${prefix}${shown}, and a tag is `);
    }
  });
});

describe("the options", () => {
  test("are the build arguments that the Dockerfile declares, and no others", () => {
    write("docker/Dockerfile", "FROM debian:12\nARG CONDA_FILE\n");
    expect(choose().variables.options).toBe('--build-arg "CONDA_FILE=ci.yml"');
    write("docker/Dockerfile", "FROM debian:12\n");
    expect(choose().variables.options).toBe("");
  });

  test("hand the folder to the build that has the conda file's lock, with spaces in its name or without", () => {
    expect(choose({ LOCKFOLDER: "conda locks" }).variables.options).toBe(
      `${given} --build-context "lock=conda locks/docker"`,
    );
    expect(
      choose({ LOCKFOLDER: "locks", BUILDCONTEXT: ".", CONDAFILE: "environments/ci.yml" }).variables.options,
    ).toMatch(/ --build-context "lock=locks\/environments"$/);
  });

  test.each([
    ["a line's end, as the agent reads it", "a%0Ab"],
    ["a percent sign of the agent's", "a%AZP25b"],
    ["a quote", 'a"b'],
  ])("are none with %s in a setting", (_, value) => {
    const { failed, commands, issues } = choose({ CONDACHANNEL: value });
    expect({ failed, commands }).toEqual({ failed: true, commands: ["task.logissue"] });
    expect(issues).toEqual([expect.stringContaining("error: the variable CONDACHANNEL has a quote")]);
  });
});

describe("the context", () => {
  test("is the Dockerfile's folder, and the Dockerfile is taken as it is", () => {
    expect(choose().variables).toMatchObject({ context: "docker", preparedDockerfile: "docker/Dockerfile" });
  });

  test("may be the repository's root; then a list of what the build does not see lies beside a copy of the Dockerfile", () => {
    const { context, preparedDockerfile = "" } = choose({ BUILDCONTEXT: "." }).variables;
    expect([context, preparedDockerfile]).toEqual([".", join(temporary, "job-container/docker/Dockerfile")]);
    expect(readFileSync(preparedDockerfile, "utf8")).toBe(dockerfile);
    const ignored = dockerignore().add(readFileSync(`${preparedDockerfile}.dockerignore`, "utf8"));
    expect(
      [".git/config", "ml/node_modules/a.js", ".local-cloud/keys.json"].filter((path) => !ignored.ignores(path)),
    ).toEqual([]);
    expect(existsSync(join(root, "docker/Dockerfile.dockerignore"))).toBe(false);
  });

  test("goes by the team's own list where there is one", () => {
    write(".dockerignore", "data\n");
    expect(choose({ BUILDCONTEXT: "." }).variables.preparedDockerfile).toBe("docker/Dockerfile");
  });

  test("is refused with what to do if the branch has no such Dockerfile", () => {
    expect(choose({ DOCKERFILE: "images/Dockerfile" })).toMatchObject({
      failed: true,
      issues: [
        expect.stringContaining("error: there is no Dockerfile images/Dockerfile, which the setting dockerfile names"),
      ],
    });
  });
});
