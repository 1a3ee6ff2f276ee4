import { appendFileSync } from "node:fs";
import { join, relative } from "node:path";
import { reservePorts } from "../support/ports";
import { Packages, pnpmVersion, Team } from "./support/team";

jest.setTimeout(1_800_000); // the first start of a machine builds the toolchain

let packages: Packages;
beforeAll(async () => {
  packages = await Packages.pack();
});
afterAll(() => packages.remove());

const variants: {
  what: string;
  project: string;
  manager: string;
  before: Record<string, string>;
  written: string[];
}[] = [
  {
    what: "a folder of its own, with npm",
    project: "job-container",
    manager: "npm",
    before: {},
    written: [
      "job-container/.gitignore",
      ...["Pulumi.dev.yaml", "Pulumi.yaml", "image-build.yml", "index.ts", "infrastructure.yml", "package.json"].map(
        (name) => `job-container/${name}`,
      ),
      "job-container/package-lock.json",
    ],
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
    written: [
      ...[".gitignore", "Pulumi.dev.yaml", "Pulumi.yaml", "image-build.yml", "index.ts", "infrastructure.yml"],
      ...["package.json", "pnpm-lock.yaml"],
    ],
  },
];

describe.each(variants)("a team takes it into its repository: $what", ({ project, manager, before, written }) => {
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
    const init = ["npm", "exec", "--yes", `--package=${packages.jobContainer}`, "--", "job-container", "init"] as const;
    const said = await team.succeedIn(".", ...init, "--directory", project);
    // What was there is kept, and what it lacks is said; the package itself is at an address of this test's.
    const lines = /\.gitignore is kept: add the lines (.*)\./.exec(said)?.[1]?.replaceAll(" and ", "\n") ?? "";
    appendFileSync(join(team.root, ".gitignore"), lines);
    const add = /^ {2}(pnpm add .*)$/m.exec(said)?.[1]?.replace(/job-container@[\d.]+/, packages.jobContainer);
    await team.succeed("sh", "-c", add ?? `npm install --save-exact ${packages.jobContainer}`);
    await team.succeed(manager, "add", "--save-exact", "--save-dev", packages.localCloud);
    const adopted = [".pipelines/ci.yml", ".pipelines/train.yml"];
    await team.succeed("npx", "job-container", "adopt", ...adopted.map((path) => join(relative(project, "."), path)));
    expect(team.changed().sort()).toEqual([...adopted, ...written].sort());
    team.commit("A job container of our own");
  });

  test("local-cloud start brings the whole stack up", async () => {
    const stdout = await team.succeed("npx", "local-cloud", "start", "--port", String(await reservePorts()));
    expect(stdout).toContain("What exists now");
    expect(stdout.match(/model pipeline/g)?.length).toBe(2);
    expect(team.changed()).toEqual([]);
  });

  test("a second preview shows no change", async () => {
    await exec("pulumi", "preview", "--stack", "local", "--expect-no-changes");
  });

  test("the image-build pipeline runs, with checks that take neither Pulumi nor minutes to install", async () => {
    const stdout = await exec("npx", "job-container", "run", "image", "--stack", "local", "--wait");
    for (const step of [
      "Install the checks",
      "Choose the tags and options",
      "Check the environment",
      "Check the image",
    ]) {
      expect(stdout).toMatch(new RegExp(`Step ${step}: succeeded`));
    }
  });

  test.each([".pipelines/ci.yml", ".pipelines/train.yml"])("the pipeline %s runs in the image", async (path) => {
    const run = ["npx", "job-container", "run", "model", "--pipeline", path, "--stack", "local", "--wait"];
    const stdout = await exec(...run);
    expect(stdout).toMatch(path === ".pipelines/ci.yml" ? /3 passed/ : /trained on 12 rows/);
  });

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

  test("destroy leaves the team's repository as it was", async () => {
    await exec("pulumi", "destroy", "--yes", "--stack", "local", "--run-program");
    expect(team.changed()).toEqual([]);
  });
});
