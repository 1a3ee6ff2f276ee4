import { join } from "node:path";
import { reservePorts } from "../support/ports";
import { Packages, Team } from "./support/team";

jest.setTimeout(1_800_000); // the first start of a machine builds the toolchain

let packages: Packages;
beforeAll(async () => {
  packages = await Packages.pack();
});
afterAll(() => packages.remove());

/** The files that init writes to the project folder. */
const initFiles = [".gitignore", "Pulumi.dev.yaml", "Pulumi.yaml", "image-build.yml", "index.ts", "infrastructure.yml"];

describe.each([
  {
    what: "a folder of its own, with npm",
    project: "job-container",
    manager: "npm",
    install: ["install", "--save-exact", "--no-audit", "--no-fund"],
    lock: "package-lock.json",
  },
])("a team takes it into its repository: $what", ({ project, manager, install, lock }) => {
  let team: Team;
  beforeAll(() => {
    team = new Team(project);
  });
  afterAll(async () => {
    await team.run("npx", "--no-install", "local-cloud", "reset");
    team.remove();
  });

  /** A path of the project folder's, from the repository root. */
  const own = (name: string) => join(project, name);
  /** A path from the project folder to one from the repository root. */
  const up = (path: string) => (project === "." ? path : join("..", path));
  /** Runs a command in the local cloud. */
  const exec = (...command: string[]) => team.succeed("npx", "local-cloud", "exec", "--", ...command);

  test("init writes what it says, adopt changes two pipelines, and nothing else is changed", async () => {
    const called = ["npm", "exec", "--yes", `--package=${packages.jobContainer}`, "--", "job-container"] as const;
    const [program, ...args] = called;
    const init = await team.runIn(".", program, ...args, "init", "--directory", project);
    expect(init).toMatchObject({ code: 0, stderr: expect.not.stringMatching(/error/i) });
    await team.succeed(manager, ...install, packages.jobContainer);
    await team.succeed(manager, ...install, "--save-dev", packages.localCloud);
    const adopted = [".pipelines/ci.yml", ".pipelines/train.yml"];
    await team.succeed("npx", "job-container", "adopt", ...adopted.map(up));
    expect(team.changed().sort()).toEqual([...adopted, ...initFiles.map(own), own("package.json"), own(lock)].sort());
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
