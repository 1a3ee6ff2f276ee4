import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { reservePorts } from "../support/ports";
import { Packages, pnpmVersion, Team } from "./support/team";

let packages: Packages;
beforeAll(async () => {
  packages = await Packages.pack();
});
afterAll(() => packages.remove());

const initFiles = [
  ...[".gitignore", "Pulumi.dev.yaml", "Pulumi.yaml", "image-build.yml", "index.ts", "infrastructure.yml"],
  "package.json",
];

/** The pipelines of the example that run in its image. */
const adopted = [".pipelines/ci.yml", ".pipelines/train.yml"];

/** The example's Dockerfile, whose build fails if it sees of the repository what it should not, or nothing. */
const lookingDockerfile = [
  readFileSync("examples/diabetes_regression/environment_setup/Dockerfile", "utf8"),
  "RUN --mount=type=bind,target=/tmp/context test -e /tmp/context/diabetes_regression/training/train.py",
  ...[".git", ".venv", ".local-cloud", "job-container/node_modules", "job-container/Pulumi.dev.yaml"].map(
    (path) => ` && test ! -e /tmp/context/${path}`,
  ),
  "\n",
].join("");

const variants: {
  what: string;
  project: string;
  manager: string;
  before: Record<string, string>;
  written: string[];
  /** Those that run. */
  pipelines: string[];
}[] = [
  {
    what: "a folder of its own, with npm",
    project: "job-container",
    manager: "npm",
    before: { "environment_setup/Dockerfile": lookingDockerfile, ".venv/bin/python": "" },
    written: [...initFiles, "package-lock.json"].map((name) => `job-container/${name}`),
    pipelines: adopted,
  },
  {
    what: "the repository root, with pnpm and files that are there already",
    project: ".",
    manager: "pnpm",
    before: {
      // Pulumi takes what it names as main for the program, unless Pulumi.yaml says otherwise.
      "package.json": JSON.stringify({ private: true, packageManager: `pnpm@${pnpmVersion}`, main: "server.js" }),
      "server.js": "throw new Error('not the program')",
    },
    written: [...initFiles, "pnpm-lock.yaml"],
    pipelines: adopted.slice(0, 1),
  },
];

test("in a repository with nothing, the package has all that init writes there", async () => {
  const team = new Team(".", { "README.md": "# Ours\n" }, packages.programs, false);
  try {
    await team.succeed(...packages.init, "--yes");
    expect(team.changed().sort()).toEqual(
      ["docker/Dockerfile", "docker/ci_dependencies.yml", "job-container/model.yml"]
        .concat(initFiles.map((name) => `job-container/${name}`))
        .sort(),
    );
  } finally {
    team.remove();
  }
});

describe.each(variants)("a team takes it into its repository: $what", (variant) => {
  const { project, manager, before, written, pipelines } = variant;
  let team: Team;
  beforeAll(() => {
    team = new Team(project, before, packages.programs);
  });
  afterAll(async () => {
    await team.succeed("npx", "--no-install", "local-cloud", "reset");
    team.remove();
  });

  /** Runs a command in the local cloud. */
  const exec = (...command: string[]) => team.succeed("npx", "local-cloud", "exec", "--", ...command);

  test("init writes what it says, adopt changes two pipelines, and nothing else is changed", async () => {
    const said = await team.succeedIn(".", ...packages.init, "--directory", project);
    // What was there is kept, and what it lacks is said; the package itself is at an address of this test's.
    const lines = /\.gitignore is kept: add the lines (.*)\./.exec(said)?.[1]?.replaceAll(" and ", "\n") ?? "";
    appendFileSync(join(team.root, ".gitignore"), lines);
    const add = /^ {2}(pnpm add .*)$/m.exec(said)?.[1]?.replace(/job-container@[\d.]+/, packages.jobContainer);
    await team.succeed("sh", "-c", add ?? `npm install --save-exact ${packages.jobContainer}`);
    await team.succeed(manager, "add", "--save-exact", "--save-dev", packages.localCloud);
    await team.succeed("npx", "job-container", "adopt", ...adopted.map((path) => join(relative(project, "."), path)));
    expect(team.changed().sort()).toEqual([...adopted, ...written].sort());
    team.commit("A job container of our own");
  });

  // With pnpm a package finds only what it declares.
  if (manager === "pnpm") {
    test("its declarations are all that a program with a transform needs, and refuse a setting that there is not", async () => {
      const program =
        /```ts\n(import { program } from.*?)```/s.exec(readFileSync("docs/your-repository.md", "utf8"))?.[1] ?? "";
      const programs = { "right.ts": program, "wrong.ts": program.replace("githubRelease", "githubRelese") };
      const path = (name: string) => join(team.root, project, name);
      for (const [name, text] of Object.entries(programs)) writeFileSync(path(name), text);
      const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2023", "--pretty", "false"];
      const compile = ["node", require.resolve("typescript/bin/tsc"), ...options, ...Object.keys(programs)] as const;
      const said = await team.succeed(...compile).catch(String);
      for (const name of Object.keys(programs)) rmSync(path(name));
      expect(said.match(/^.*: error .*$/gm)).toEqual([
        expect.stringMatching(/^wrong\.ts\(.*'githubRelese' does not exist in type 'ProgramArgs'/),
      ]);
    });
  }

  test("local-cloud start brings the whole stack up", async () => {
    const stdout = await team.succeed("npx", "local-cloud", "start", "--port", String(await reservePorts()));
    expect(stdout).toContain("What exists now");
    expect(stdout.match(/model pipeline/g)?.length).toBe(2);
    expect(team.changed()).toEqual([]);
  });

  test("a second preview shows no change, and the package's policies have nothing against it", async () => {
    const pack = ["--policy-pack", "node_modules/job-container/policy"];
    const stdout = await exec("pulumi", "preview", "--stack", "local", "--expect-no-changes", ...pack);
    expect(stdout).toMatch(/Policies:\n.*job-container/);
  });

  test("the image-build pipeline runs, with checks that take neither Pulumi nor minutes to install", async () => {
    const stdout = await exec("npx", "job-container", "run", "image", "--stack", "local", "--wait");
    for (const step of [
      "Install the checks",
      "Choose the tags and options",
      "Check the environment",
      "Check the image",
      "Describe the image",
      "Move the other tags",
    ]) {
      expect(stdout).toMatch(new RegExp(`Step ${step}: succeeded`));
    }
  });

  test.each(pipelines)("the pipeline %s runs in the image", async (path) => {
    const run = ["npx", "job-container", "run", "model", "--pipeline", path, "--stack", "local", "--wait"];
    const stdout = await exec(...run);
    expect(stdout).toMatch(path === ".pipelines/ci.yml" ? /3 passed/ : /trained on 353 rows/);
  });

  // Neither the project folder nor the package manager matters to a branch.
  if (manager === "npm") {
    test("a branch gets an environment, which is gone when the branch is", async () => {
      team.git("checkout", "--quiet", "-b", "feature/other");
      await team.succeed("npx", "local-cloud", "push");
      await exec("npx", "job-container", "env", "up", "--base", "local");
      expect(await exec("npx", "job-container", "env", "list", "--base", "local")).toMatch(/feature[-/]other/);
      await team.succeed("npx", "local-cloud", "push", "--delete", "feature/other");
      team.git("checkout", "--quiet", "master");
      await exec("npx", "job-container", "env", "sweep", "--base", "local");
      expect(await exec("npx", "job-container", "env", "list", "--base", "local")).not.toMatch(/feature[-/]other/);
    });
  }

  test("destroy leaves the team's repository as it was", async () => {
    await exec("pulumi", "destroy", "--yes", "--stack", "local", "--run-program");
    expect(team.changed()).toEqual([]);
  });
});
