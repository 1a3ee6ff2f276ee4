import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkTask } from "../../../../../local-cloud/agent/tasks";
import { artifactsIn } from "../../../../../local-cloud/azuredevops/builds/artifacts";
import { cachesIn } from "../../../../../local-cloud/azuredevops/builds/caches";
import { TaskJob } from "../../../support/task-job";

jest.mock("../../../../../local-cloud/agent/containers/machine", () => ({
  agentUser: { name: "vsts", uid: process.getuid?.(), gid: process.getgid?.(), home: "/home/vsts" },
}));

let job: TaskJob;
beforeEach(() => {
  job = new TaskJob();
});
afterEach(() => job.remove());

describe("CopyFiles@2", () => {
  const copy = (inputs: Record<string, string>) => job.run("CopyFiles@2", { TargetFolder: "/w/a", ...inputs });

  test("copies what its patterns name, into the same folders", async () => {
    for (const path of ["a.py", "b.txt", "src/c.py", "src/.hidden.py", "tests/d.py", "src/{e}.py"])
      job.write(`/w/1/s/${path}`, path);
    await copy({ Contents: "**/*.py\n!tests/**\n# a comment" });
    expect(job.workspace.filesBelow("/w/a")).toEqual([
      ...["/w/a/a.py", "/w/a/src/.hidden.py", "/w/a/src/c.py", "/w/a/src/{e}.py"],
    ]);
    expect(job.lines[0]).toBe("found 4 files");
    expect(job.lines).toContain("Copying /w/1/s/src/c.py to /w/a/src/c.py");
  });

  test("leaves a file that is there, unless it is told to write over it", async () => {
    job.write("/w/1/s/x", "new");
    job.write("/w/a/x", "old");
    await copy({});
    expect([job.read("/w/a/x"), job.lines.at(-1)]).toEqual(["old", "File /w/1/s/x already exist at /w/a/x"]);
    await copy({ OverWrite: "true" });
    expect(job.read("/w/a/x")).toBe("new");
  });

  test("cleans the target, and puts all into one folder", async () => {
    job.write("/w/1/s/src/x", "x");
    job.write("/w/a/old/y", "y");
    await copy({ SourceFolder: "src", CleanTargetFolder: "true", flattenFolders: "true" });
    expect(job.workspace.filesBelow("/w/a")).toEqual(["/w/a/x"]);
  });

  test("copies what a link leads to, and only what is in the work folder", async () => {
    job.write("/w/1/s/src/x", "x");
    symlinkSync("src/x", job.onHost("/w/1/s/link"));
    await copy({ Contents: "link" });
    expect(job.read("/w/a/link")).toBe("x");
    symlinkSync("/etc/passwd", job.onHost("/w/1/s/passwd"));
    await expect(copy({ Contents: "passwd" })).rejects.toThrow("is not in the agent's work folder");
  });

  test.each([
    [{ SourceFolder: "nowhere" }, "Not found SourceFolder: /w/1/s/nowhere"],
    [{ Contents: "x" }, "Unable to copy file /w/1/s/x to /w/a/x. The target path already exists as a directory."],
  ])("with %j fails", async (inputs, message) => {
    job.write("/w/1/s/x", "");
    job.write("/w/a/x/y", "");
    await expect(copy(inputs)).rejects.toThrow(message);
  });

  test("has no other inputs", () => {
    expect(checkTask("CopyFiles@2", { TargetFolder: "a", preserveTimestamp: "true" })).toMatchObject([
      { input: "preserveTimestamp" },
    ]);
    expect(checkTask("CopyFiles@2", {})).toEqual([{ message: "Input required: TargetFolder" }]);
  });
});

describe("pipeline artifacts", () => {
  beforeEach(() => {
    job.step = { ...job.step, artifacts: artifactsIn(join(job.directory, "artifacts"), 7) };
    job.write("/w/1/s/model/a.bin", "a");
    job.write("/w/1/s/model/meta/b.json", "b");
  });
  const publish = (inputs: Record<string, string>) => job.run("PublishPipelineArtifact@1", inputs);
  const download = (inputs: Record<string, string>) => job.run("DownloadPipelineArtifact@2", inputs);

  test("are had by name, in the folder that is asked for, and all of them in a folder each", async () => {
    await publish({ targetPath: "model", artifact: "model" });
    await publish({ targetPath: "$(System.DefaultWorkingDirectory)/model/a.bin", artifactName: "file" });
    expect(job.lines).toContain("Uploading pipeline artifact from /w/1/s/model for build #7");
    await download({ artifact: "model", path: "/w/got" });
    expect(job.workspace.filesBelow("/w/got")).toEqual(["/w/got/a.bin", "/w/got/meta/b.json"]);
    await download({ path: "/w/all", patterns: "**\n!model/meta/**" });
    expect(job.workspace.filesBelow("/w/all")).toEqual(["/w/all/file/a.bin", "/w/all/model/a.bin"]);
    await download({ artifact: "model", itemPattern: "**/*.json", targetPath: "/w/1/some" });
    expect(job.workspace.filesBelow("/w/1/some")).toEqual(["/w/1/some/meta/b.json"]);
  });

  test("without a name are called like the stage and the job", async () => {
    job.step.variables.set("System.StageName", "Train");
    job.step.variables.set("System.JobName", "on_cpu");
    await publish({ path: "model" });
    expect(job.step.artifacts.names()).toEqual(["Train.oncpu"]);
  });

  test("are refused as the service does it", async () => {
    await publish({ path: "model", artifact: "model" });
    await expect(publish({ path: "model", artifact: "model" })).rejects.toThrow(
      "Artifact model already exists for build 7.",
    );
    await expect(publish({ path: "model", artifact: "a/b" })).rejects.toThrow("Artifact name is not valid: a/b.");
    await expect(publish({ path: "none" })).rejects.toThrow("Path does not exist: /w/1/s/none");
    await expect(download({ artifact: "other" })).rejects.toThrow("Artifact other was not found for build 7.");
    job.write("/w/1/s/model/.artifactignore", "*");
    await expect(publish({ path: "model", artifact: "c" })).rejects.toThrow(".artifactignore");
    for (const [input, value] of [
      ["source", "specific"],
      ["runId", "3"],
    ] as const) {
      expect(checkTask("DownloadPipelineArtifact@2", { [input]: value })).toMatchObject([{ input }]);
    }
  });
});

describe("Cache@2", () => {
  const inputs = {
    ...{ key: 'pip | "Linux" | requirements.txt', restoreKeys: 'pip | "Linux"\npip' },
    ...{ path: "$(Pipeline.Workspace)/.pip", cacheHitVar: "HIT" },
  };
  let caches: string;
  beforeEach(() => {
    caches = mkdtempSync(join(tmpdir(), "caches-"));
    begin("refs/heads/main");
  });
  afterEach(() => rmSync(caches, { recursive: true }));

  /** The next run of the pipeline: a job with an empty work folder. */
  function begin(branch: string, requirements = "numpy\n") {
    job.remove();
    job = new TaskJob();
    job.step = { ...job.step, caches: cachesIn(join(caches, "1")) };
    job.step.variables.set("Build.SourceBranch", branch);
    job.step.variables.set("Agent.JobStatus", "Succeeded");
    job.write("/w/1/s/requirements.txt", requirements);
  }

  async function restored(): Promise<string | undefined> {
    await job.run("Cache@2", inputs);
    return job.step.variables.get("HIT");
  }

  async function fill(text: string): Promise<void> {
    job.write("/w/1/.pip/wheel", text);
    await job.run("Cache@2", inputs, "post-job");
  }

  test("has what a run before it saved under the key, and under a restore key what is nearest", async () => {
    expect(await restored()).toBe("false");
    await fill("first");
    expect(job.lines.at(-1)).toBe("Saved item.");
    begin("refs/heads/main");
    expect([await restored(), job.read("/w/1/.pip/wheel")]).toEqual(["true", "first"]);
    await fill("again");
    expect(job.lines.at(-1)).toMatch(/^Cache with fingerprint `pip\|"Linux"\|.*` already exists\.$/);
    begin("refs/heads/main", "scipy\n");
    expect([await restored(), job.read("/w/1/.pip/wheel")]).toEqual(["inexact", "first"]);
    await fill("second");
    begin("refs/heads/main", "scipy\n");
    expect([await restored(), job.read("/w/1/.pip/wheel")]).toEqual(["true", "second"]);
  });

  test("is a branch's own, and main's are everybody's", async () => {
    await restored();
    await fill("main's");
    begin("refs/heads/topic", "scipy\n");
    expect(await restored()).toBe("inexact");
    await fill("topic's");
    begin("refs/heads/main", "scipy\n");
    expect([await restored(), job.read("/w/1/.pip/wheel")]).toEqual(["inexact", "main's"]);
    begin("refs/pull/1/merge", "scipy\n");
    job.step.variables.set("System.PullRequest.SourceBranch", "refs/heads/topic");
    expect([await restored(), job.read("/w/1/.pip/wheel")]).toEqual(["true", "topic's"]);
  });

  test("is saved by a job that has succeeded only, and by a step that ran", async () => {
    await restored();
    job.step.variables.set("Agent.JobStatus", "Failed");
    await fill("x");
    expect(job.lines.at(-1)).toBe("Skipping because the job status was not 'Succeeded'.");
    begin("refs/heads/main");
    await fill("x");
    expect(job.lines.at(-1)).toBe("Skipping because restore step did not run.");
    expect(await restored()).toBe("false");
  });

  test("says when the key's files have changed meanwhile, and saves under what they are", async () => {
    await restored();
    job.write("/w/1/s/requirements.txt", "scipy\n");
    await fill("x");
    expect(job.warnings).toEqual([expect.stringContaining("The given cache key has changed in its resolved value")]);
    begin("refs/heads/main", "scipy\n");
    expect(await restored()).toBe("true");
  });

  test.each([
    ["a.txt", "File not found: a.txt"],
    ["**/*.lock", "No matching files found for pattern: **/*.lock"],
    ["*", "`*` is a reserved key segment. For path glob, use `./*`."],
    ["'a'", "A key segment cannot start with a single-quote character`."],
    ["!a.txt", "No include rules specified."],
  ])("refuses the key %s in the agent's words", async (key, message) => {
    await expect(job.run("Cache@2", { key, path: "/w/1/.pip" })).rejects.toThrow(message);
  });

  test("reads a key's patterns as the agent does: one folder without **, and files taken out", async () => {
    for (const path of ["a/x.lock", "b/x.lock", "top.lock"]) job.write(`/w/1/s/${path}`, path);
    const key = async (text: string) => {
      await job.run("Cache@2", { key: text, path: "/w/1/.pip" });
      return job.lines.find((line) => line.startsWith(` - ${text}`));
    };
    expect(await key("./*.lock")).toContain("[file pattern; matches: 1]");
    expect(await key("**/*.lock")).toContain("[file pattern; matches: 3]");
    expect(await key("**/*.lock, !a/**")).toContain("[file pattern; matches: 2]");
    expect(await key("top.lock")).toContain("[file] ");
  });
});

test("a folder of the cache is copied as it is", async () => {
  mkdirSync(job.onHost("/w/1/.pip"));
  symlinkSync("wheel", job.onHost("/w/1/.pip/link"));
  job.workspace.copyOut("/w/1/.pip", join(job.directory, "kept"));
  job.workspace.copyIn(join(job.directory, "kept"), "/w/other");
  expect(job.workspace.filesBelow("/w/other")).toEqual(["/w/other/link"]);
});
