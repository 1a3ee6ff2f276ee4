import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { scopesOf } from "../../../local-cloud/azuredevops/scoped-token";
import { variablesOf } from "../../../local-cloud/cloud/environment";
import { layoutOf } from "../../../local-cloud/cloud/layout";
import { removeVariables, writeVariables } from "../../../local-cloud/cloud/variables";
import { environmentFor } from "../../../src/cli/local-cloud";
import { startTimeOf } from "../../../src/common/start-time";

const repository = mkdtempSync(join(tmpdir(), "local-cloud-"));
const layout = layoutOf(join(repository, ".local-cloud"));
const project = join(repository, "deploy", "job-container");
const settings = { port: 22100, personalAccessToken: "local", repository: { name: "model", defaultBranch: "main" } };
const said: string[] = [];
const environment = (own: NodeJS.ProcessEnv, from = project) => environmentFor(own, from, (line) => said.push(line));

/** A token with the scopes that docs/permissions.md lists. */
const documented = variablesOf(layout, settings).AZDO_PERSONAL_ACCESS_TOKEN;

/** What the supervisor of a local cloud does once it serves. */
function write(supervisor = { pid: process.pid, startTime: startTimeOf(process.pid) ?? 0 }): void {
  writeVariables(layout, settings, supervisor);
}

beforeEach(() => {
  said.length = 0;
  mkdirSync(layout.directory, { recursive: true });
  mkdirSync(project, { recursive: true });
  mkdirSync(join(repository, ".git"), { recursive: true });
  write();
});

afterAll(() => rmSync(repository, { recursive: true }));

test.each([
  ["the project folder", project],
  ["the repository root", repository],
])("without an access token the local cloud that runs is meant, and it is said, from %s", (_, from) => {
  expect(environment({ HOME: "/home", PATH: "/bin" }, from)).toMatchObject({
    HOME: "/home",
    AZDO_PERSONAL_ACCESS_TOKEN: documented,
    PULUMI_HOME: layout.pulumiHome,
    DOCKER_CONFIG: layout.docker,
    PATH: expect.stringMatching(/^\/.*\/pulumi\/versions\/.*:\/bin$/),
  });
  expect(said).toEqual([`In the local cloud of ${layout.directory}: AZDO_PERSONAL_ACCESS_TOKEN is not set.`]);
});

test("its token is not the one that may do everything", () => {
  expect(scopesOf(documented, settings.personalAccessToken)).toContain("vso.pipelineresources_manage");
});

test.each(["AZDO_PERSONAL_ACCESS_TOKEN", "SYSTEM_ACCESSTOKEN"])(
  "%s leads to where the caller's own environment does",
  (name) => {
    const own = { [name]: "mine" };
    expect(environment(own)).toBe(own);
    expect(said).toEqual([]);
  },
);

describe("is not meant:", () => {
  const notMeant = (from = project) => {
    const own = { HOME: "/home" };
    expect(environment(own, from)).toBe(own);
    expect(said).toEqual([]);
  };

  test("a local cloud that does not run", () => {
    removeVariables(layout);
    notMeant();
  });

  test("one whose supervisor was killed", () => {
    write({ pid: 2 ** 22 + 1, startTime: 1 }); // above the highest pid that Linux gives
    notMeant();
  });

  test("one whose supervisor was killed, and its pid is another process's now", () => {
    write({ pid: process.pid, startTime: 1 });
    notMeant();
  });

  test("one that is above the repository", () => {
    mkdirSync(join(project, ".git"));
    notMeant();
    rmSync(join(project, ".git"), { recursive: true });
  });

  test("one that is above a folder which is in no repository", () => {
    rmSync(join(repository, ".git"), { recursive: true });
    notMeant();
    expect(environment({}, repository)).toMatchObject({ AZDO_PERSONAL_ACCESS_TOKEN: documented });
  });

  // Only root can give a file away.
  (process.getuid?.() === 0 ? test : test.skip)("one of another user, who would choose what this user runs", () => {
    chownSync(layout.variables, 65534, 65534);
    notMeant();
  });
});

test("the file is its owner's alone, for there are secrets in it", () => {
  expect(statSync(layout.variables).mode & 0o777).toBe(0o600);
});

test("a file that is damaged is named, with what to do", () => {
  for (const content of [readFileSync(layout.variables, "utf8").slice(0, -9), "{}", '{"supervisor":{"pid":1}}']) {
    writeFileSync(layout.variables, content);
    chmodSync(layout.variables, 0o600);
    expect(() => environment({})).toThrow(
      `${layout.variables} is damaged: it is not what the local cloud has written.`,
    );
    expect(() => environment({})).toThrow("npx local-cloud stop");
  }
  expect(dirname(layout.variables)).toBe(layout.directory);
});
