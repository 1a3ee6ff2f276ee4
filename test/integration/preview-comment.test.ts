import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { previewer } from "../../local-cloud/cloud/identity";
import { CliStacks } from "../../src/cli/env/cli-stacks";
import { DiyStacks } from "../../src/cli/env/diy-stacks";
import type { CommentSummary } from "../../src/cli/env/preview";
import { type Ended, Program } from "../support/program";
import { TestGitHub } from "../unit/support/pull-request-service";
import { pushBranch } from "./support/branches";
import { azureDevOps } from "./support/far-side";
import { environmentAs } from "./support/identities";
import { localCloud, localCloudDirectory } from "./support/local-cloud";

const base = "comment";
const branch = "comment/pandas";
const environment = "comment--pandas";

const settings = {
  "job-container:registry": { kind: "new", name: "commentacr" },
  "job-container:serviceConnection": { name: "comment-acr" },
  "job-container:pipelineFolder": "\\comment",
};

/** The base environment with the pull request's branch checked out, which has an environment as well. */
let program: Program;
/** What a pipeline's run for the pull request has in its environment. */
let run: NodeJS.ProcessEnv;
let repositoryId: string;
let pullRequest: number;

beforeAll(async () => {
  program = await Program.create({ cloud: localCloudDirectory(), stack: base, settings });
  ok(await program.up());
  await pushBranch(program.directory, branch);
  ok(await env({}, "up", "--branch", branch));

  const { project, repository, orgServiceUrl, personalAccessToken } = localCloud().azureDevOps;
  const git = await azureDevOps().getGitApi();
  repositoryId = (await git.getRepository(repository, project)).id ?? "";
  const refs = { sourceRefName: `refs/heads/${branch}`, targetRefName: "refs/heads/main" };
  // A draft: policies of other tests start nothing on it.
  const opened = await git.createPullRequest({ title: "pandas", isDraft: true, ...refs }, repositoryId, project);
  pullRequest = opened.pullRequestId ?? 0;
  run = {
    BUILD_REPOSITORY_PROVIDER: "TfsGit",
    BUILD_REPOSITORY_ID: repositoryId,
    SYSTEM_COLLECTIONURI: `${orgServiceUrl}/`,
    SYSTEM_TEAMPROJECT: project,
    SYSTEM_PULLREQUEST_PULLREQUESTID: String(pullRequest),
    SYSTEM_PULLREQUEST_SOURCEBRANCH: `refs/heads/${branch}`,
    SYSTEM_ACCESSTOKEN: personalAccessToken,
    // All of these previews are by an identity that can only read; the run's own token is for the comment.
    ...(await environmentAs(previewer)),
  };
});
afterAll(() => program.remove());

function ok(ended: Ended): Ended {
  if (ended.exitCode === 0) return ended;
  throw new Error(`the command ended with ${ended.exitCode}:\n${ended.output}`);
}

function env(variables: NodeJS.ProcessEnv, ...args: string[]): Promise<Ended> {
  return program.jobContainer(["env", ...args], variables);
}

async function comment(variables = run, ...options: string[]): Promise<{ exitCode: number; summary: CommentSummary }> {
  const { exitCode, stdout, output } = await env(variables, "preview", "--comment", "--json", ...options);
  if (stdout === "") throw new Error(output);
  return { exitCode, summary: JSON.parse(stdout) };
}

/** The texts of all comments on the pull request. */
async function comments(): Promise<string[]> {
  const threads = await (await azureDevOps().getGitApi()).getThreads(repositoryId, pullRequest, "mlops");
  return threads.flatMap(({ comments: all = [] }) => all.map(({ content = "" }) => content));
}

async function onlyComment(): Promise<string> {
  const [text = "", ...others] = await comments();
  expect(others).toEqual([]);
  return text;
}

/** The parts of a comment, one for each preview. */
function partsOf(text: string): string[] {
  return text.split(/^### /m).slice(1);
}

interface Row {
  operation: string;
  name: string;
}

/** The table of a part, read as a person sees it. */
function rowsOf(part: string): Row[] {
  const seen = (cell: string) =>
    cell
      .replace(/<\/?code>/g, "")
      .replace(/&#x([0-9a-f]+);/g, (_, code) => String.fromCodePoint(Number.parseInt(code, 16)));
  return [...part.matchAll(/^\| (⚠ \*\*)?(\w+)(?:\*\*)?.* \| .* \| (.*) \| .* \|$/gm)].map(
    ([, mark, operation = "", name = ""]) => {
      // What takes something away is marked, and nothing else is.
      expect(mark !== undefined).toBe(["replace", "delete"].includes(operation));
      return { operation, name: seen(name) };
    },
  );
}

/** The same, as the Pulumi CLI has it. */
async function previewed(folder: string, stack: string): Promise<Row[]> {
  const args = ["preview", "--json", "--stack", stack, "--non-interactive", "--cwd", join(program.directory, folder)];
  const { steps } = JSON.parse(ok(await program.run("pulumi", args)).stdout) as {
    steps: { op: string; urn: string }[];
  };
  const words: Record<string, string> = { "create-replacement": "replace", "delete-replaced": "replace" };
  const rows = new Map<string, Row>();
  for (const { op, urn } of steps) {
    const name = urn.split("::").at(-1) ?? "";
    // A replacement has several steps. Providers that nobody declared are not shown.
    if (!["same", "read"].includes(op) && !/^default(_|$)/.test(name))
      rows.set(urn, { operation: words[op] ?? op, name });
  }
  return [...rows.values()];
}

const sorted = (rows: Row[]) => rows.map((row) => `${row.operation} ${row.name}`).sort();

test("nothing to do is what it says, of the base and of the branch's environment", async () => {
  const { exitCode, summary } = await comment();
  expect({ exitCode, summary }).toMatchObject({ exitCode: 0, summary: { action: "created", others: [], failed: [] } });
  const parts = partsOf(await onlyComment());
  expect(parts).toEqual([
    expect.stringMatching(/^Preview of <code>Base environment comment<\/code>\n\nNo changes, \d+ unchanged\./),
    expect.stringMatching(/^Preview of <code>Environment comment(--|&#x2d;&#x2d;)pandas of branch .*\n\nNo changes, /),
  ]);
});

describe("a change", () => {
  let text: string;
  let rows: Row[];
  beforeAll(async () => {
    program.configure({
      ...settings,
      "job-container:serviceConnection": { name: "comment-acr", scheme: "servicePrincipal" },
      "job-container:pipelineFolder": "\\comment\\moved",
    });
    const { exitCode, summary } = await comment();
    expect({ exitCode, summary }).toMatchObject({ exitCode: 0, summary: { action: "updated", others: [] } });
    text = await onlyComment();
    rows = rowsOf(partsOf(text)[0] ?? "");
  });

  test("is shown as the Pulumi CLI has it, in the same comment", async () => {
    expect(sorted(rows)).toEqual(sorted(await previewed(".", base)));
    const own = rowsOf(partsOf(text)[1] ?? "");
    expect(sorted(own)).toEqual(
      sorted(await previewed(`.environments/${base}-${environment}`, `${base}-${environment}`)),
    );
    expect(own.map(({ operation }) => operation)).toContain("update");
  });

  test("has what is replaced and deleted on top", () => {
    const kinds = rows.map(({ operation }) => operation);
    const destructive = kinds.filter((kind) => kind === "replace" || kind === "delete");
    expect(new Set(destructive)).toEqual(new Set(["replace", "delete"]));
    expect(kinds.slice(0, destructive.length)).toEqual(destructive);
    expect(kinds.length).toBeGreaterThan(destructive.length);
  });

  test("has its diff folded, and no secret in it", () => {
    expect(text).toMatch(/<details><summary>Diff<\/summary>\n\n```+diff\n[\s\S]*comment\\\\?moved[\s\S]*<\/details>/);
    const { AZDO_PERSONAL_ACCESS_TOKEN, ARM_CLIENT_SECRET } = program.environment;
    for (const secret of [AZDO_PERSONAL_ACCESS_TOKEN, ARM_CLIENT_SECRET]) {
      expect(secret).toBeTruthy();
      expect(text).not.toContain(secret);
    }
  });
});

test("a preview that fails says why in the comment, and fails the run", async () => {
  const file = join(program.directory, "docker/conda_dependencies.yml");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace(/joblib=.*/, "joblib=1.0.0"));
  const { exitCode, summary } = await comment();
  writeFileSync(file, text);
  expect({ exitCode, summary }).toMatchObject({
    exitCode: 1,
    summary: {
      action: "updated",
      failed: [`Base environment ${base}`, `Environment ${environment} of branch ${branch}`],
    },
  });
  const parts = partsOf(await onlyComment());
  expect(parts).toHaveLength(2);
  for (const part of parts) {
    expect(part).toMatch(/^⚠ The preview of .* failed\n/);
    expect(part).toContain("joblib is 1.6.0.* here and 1.0.0.* in docker/conda_dependencies.yml");
  }
});

test("what a policy has against it is said in the comment, and fails the run", async () => {
  const pack = join(program.directory, "policies-of-ours");
  mkdirSync(pack);
  writeFileSync(join(pack, "PulumiPolicy.yaml"), "runtime: nodejs\n");
  writeFileSync(join(pack, "package.json"), '{ "version": "1.0.0" }\n');
  writeFileSync(
    join(pack, "index.js"),
    `const { PolicyPack } = require("@pulumi/policy");
    new PolicyPack("ours", { policies: [{
      name: "no-pipelines", description: "No pipelines.", enforcementLevel: "mandatory",
      validateResource: ({ type, name }, violated) => type.includes("BuildDefinition") && violated("not " + name),
    }] });`,
  );
  const { exitCode, summary } = await comment(run, "--policy-pack", pack);
  expect({ exitCode, failed: summary.failed.length }).toEqual({ exitCode: 1, failed: 2 });
  for (const part of partsOf(await onlyComment())) {
    expect(part).toContain("policy no-pipelines of ours:");
    expect(part).toContain("not job-container-model");
  }
});

test("outside of a pull request's run nothing is written, and it says what is missing", async () => {
  const { exitCode, output } = await env(
    { ...run, SYSTEM_PULLREQUEST_PULLREQUESTID: "$(System.PullRequest.PullRequestId)" },
    "preview",
    "--comment",
  );
  expect({ exitCode, output }).toMatchObject({
    exitCode: 1,
    output: expect.stringContaining("SYSTEM_PULLREQUEST_PULLREQUESTID is not set"),
  });
});

test("the backend's files say of a stack what Pulumi says", async () => {
  const stack = `${base}-${environment}`;
  const pulumi = async (...args: string[]) =>
    JSON.parse(await program.succeed(...args, "--non-interactive")) as Record<string, unknown>;
  const { url } = await pulumi("whoami", "--json");
  const files = await DiyStacks.at(String(url), "job-container", new CliStacks("/nowhere"));
  expect(await files.tags(stack)).toEqual(await pulumi("stack", "tag", "ls", "--json", "--stack", stack));
  expect(await files.state(stack)).toEqual(await pulumi("stack", "export", "--stack", stack));
  const history = ["stack", "history", "--json", "--page-size", "1", "--page", "1", "--stack", stack];
  expect(await pulumi(...history)).toMatchObject([{ result: await files.lastResult(stack) }]);
});

test("as JSON, the summary of each command is alone on the standard output", async () => {
  program.configure(settings);
  const own = { name: environment, branch, stack: `${base}-${environment}` };
  const json = async (...args: string[]) => JSON.parse(ok(await env({}, ...args, "--json")).stdout);
  expect(await json("preview", "--branch", branch)).toEqual({
    ...{ ...own, isNew: false },
    changes: { same: expect.any(Number) },
  });
  expect(await json("list")).toMatchObject([{ ...own, state: "up", branchExists: true }]);
  expect(await json("sweep", "--dry-run")).toEqual({ found: [], destroyed: [], failed: [] });
  expect(await json("destroy", "--branch", branch)).toMatchObject(own);
  expect(await json("list")).toEqual([]);
  expect(await json("preview", "--branch", branch)).toMatchObject({ ...own, isNew: true });
  expect(await json("list")).toEqual([]);
});

test("a person can have the comment written, too", async () => {
  const args = ["preview", "--comment", "--pull-request", String(pullRequest), "--branch", branch, "--json"];
  expect(JSON.parse(ok(await env({}, ...args)).stdout)).toMatchObject({ action: "updated", others: [], failed: [] });
  expect(partsOf(await onlyComment())).toHaveLength(1); // the environment is destroyed
});

describe("a repository on GitHub", () => {
  const gitHub = new TestGitHub();
  let other: Program;
  beforeAll(async () => {
    await gitHub.start();
    const { id = "" } = await (await azureDevOps().getCoreApi()).getProject("mlops");
    await (await azureDevOps().getServiceEndpointApi()).createServiceEndpoint({
      name: "comment-github",
      type: "github",
      url: "https://github.com",
      authorization: { scheme: "PersonalAccessToken", parameters: { accessToken: "a token for GitHub" } },
      serviceEndpointProjectReferences: [{ projectReference: { id, name: "mlops" }, name: "comment-github" }],
    });
    const repository = { kind: "gitHub", name: "contoso/diabetes", serviceConnection: "comment-github" };
    other = await Program.create({
      cloud: localCloudDirectory(),
      stack: "comment-github",
      settings: { ...settings, "job-container:repository": repository },
    });
  });
  afterAll(async () => {
    await gitHub.stop();
    other.remove();
  });

  test("gets the comment there, once", async () => {
    const variables = {
      BUILD_REPOSITORY_PROVIDER: "GitHub",
      BUILD_REPOSITORY_ID: "contoso/diabetes",
      SYSTEM_PULLREQUEST_PULLREQUESTNUMBER: "7",
      SYSTEM_PULLREQUEST_SOURCEBRANCH: "topic",
      GITHUB_API_URL: `${gitHub.url}/api/v3`,
      GITHUB_TOKEN: "token",
    };
    for (const action of ["created", "updated"]) {
      const { stdout } = ok(await other.jobContainer(["env", "preview", "--comment", "--json"], variables));
      expect(JSON.parse(stdout)).toMatchObject({ action, failed: [] });
    }
    expect(gitHub.comments).toHaveLength(1);
    const [part = "", ...others] = partsOf(gitHub.comments[0]?.body ?? "");
    expect(others).toEqual([]);
    expect(sorted(rowsOf(part))).toEqual(
      sorted((await other.preview()).map(({ op, name }) => ({ operation: op, name }))),
    );
  });
});
