import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkTask } from "../../../../../local-cloud/agent/tasks";
import { machinePythons } from "../../../../../local-cloud/agent/tools/python";
import { TaskJob } from "../../../support/task-job";

jest.mock("../../../../../local-cloud/agent/containers/machine", () => ({
  agentUser: { name: "vsts", uid: process.getuid?.(), gid: process.getgid?.(), home: "/home/vsts" },
}));
jest.mock("../../../../../local-cloud/agent/tools/python");

const { PATH, JOB_CONTAINER_CACHE } = process.env;
let job: TaskJob;
beforeEach(() => {
  job = new TaskJob();
});
afterEach(() => {
  process.env.PATH = PATH;
  if (JOB_CONTAINER_CACHE === undefined) delete process.env.JOB_CONTAINER_CACHE;
  else process.env.JOB_CONTAINER_CACHE = JOB_CONTAINER_CACHE;
  job.remove();
});

describe.each([
  ["NodeTool@0", "versionSpec"],
  ["UseNode@1", "version"],
])("%s", (task, input) => {
  const name = `node-linux-${process.arch}`;
  const bin = (version: string) => `/w/_tool/node/${version}/${process.arch}/bin`;

  beforeEach(() => {
    // npm, as far as it is asked: which versions there are, and one of them.
    const programs = join(job.directory, "programs");
    mkdirSync(programs);
    const install = `mkdir -p "$3/node_modules/${name}/bin" && echo "$8" > "$3/node_modules/${name}/bin/node"`;
    writeFileSync(
      join(programs, "npm"),
      `#!/bin/sh\necho "$1" >> "${job.directory}/asked"\ncase "$1" in\n` +
        `view) echo '["20.1.0","22.3.0","22.11.0"]' ;;\ninstall) ${install} ;;\nesac\n`,
    );
    chmodSync(join(programs, "npm"), 0o755);
    process.env.PATH = `${programs}:${process.env.PATH}`;
    process.env.JOB_CONTAINER_CACHE = join(job.directory, "cache");
  });

  test("puts the newest that fits first on the PATH, and has it from then on", async () => {
    await job.run(task, { [input]: "22.x" });
    expect(job.path).toEqual([bin("22.11.0")]);
    expect(job.read(`${bin("22.11.0")}/node`)).toBe(`${name}@22.11.0\n`);
    expect(job.lines).toEqual([`Prepending PATH environment variable with directory: ${bin("22.11.0")}`]);
    await job.run(task, { [input]: "22.x" });
    await job.run(task, { [input]: "22.3.0" });
    expect(job.path.at(-1)).toBe(bin("22.3.0"));
    // What is there is taken though there may be a newer one, unless that is asked for.
    await job.run(task, { [input]: ">=20", checkLatest: "true" });
    expect(readdirSync(join(job.directory, "cache/agent-tools", name)).sort()).toEqual(["22.11.0", "22.3.0"]);
    expect(job.read("/w/../asked").split("\n")).toEqual(["view", "install", "install", "view", ""]);
  });

  test("that cannot be had fails in the task's words", async () => {
    await expect(job.run(task, { [input]: "99.x" })).rejects.toThrow(
      `Unable to find Node version 99.x for platform ${process.platform} and architecture ${process.arch}.`,
    );
  });
});

test("NodeTool@0 reads the version from a file, and comes from nowhere else than npm", async () => {
  process.env.JOB_CONTAINER_CACHE = join(job.directory, "cache");
  mkdirSync(
    join(job.directory, `cache/agent-tools/node-linux-${process.arch}/22.3.0/node_modules/node-linux-${process.arch}`),
    {
      recursive: true,
    },
  );
  job.write("/w/1/s/.nvmrc", "v22.3.0\n");
  await job.run("NodeTool@0", { versionSource: "fromFile", versionFilePath: ".nvmrc" });
  expect(job.path).toEqual([`/w/_tool/node/22.3.0/${process.arch}/bin`]);
  await expect(job.run("NodeTool@0", { versionSource: "fromFile" })).rejects.toThrow("Input required: versionFilePath");
  expect(checkTask("NodeTool@0", { nodejsMirror: "https://example.com" })).toMatchObject([{ input: "nodejsMirror" }]);
});

describe("UsePythonVersion@0", () => {
  beforeEach(() => {
    const source = join(job.directory, "python");
    mkdirSync(join(source, "bin"), { recursive: true });
    writeFileSync(join(source, "bin/python3"), "python");
    jest.mocked(machinePythons).mockResolvedValue([{ name: "Python", version: "3.11.2", source }]);
  });
  const folder = `/w/_tool/Python/3.11.2/${process.arch}`;

  test.each(["3.x", "3.11", ">=3.9", "3"])("puts the machine's Python first for %s", async (versionSpec) => {
    await job.run("UsePythonVersion@0", { versionSpec, architecture: process.arch });
    expect(job.path).toEqual([folder, `${folder}/bin`]);
    expect(job.step.variables.get("pythonLocation")).toBe(folder);
    expect(job.read(`${folder}/bin/python3`)).toBe("python");
    expect(job.warnings).toEqual([]);
  });

  test("says that an exact version is not recommended, and leaves the PATH alone if it is told to", async () => {
    await job.run("UsePythonVersion@0", { versionSpec: "3.11.2", architecture: process.arch, addToPath: "false" });
    expect(job.path).toEqual([]);
    expect(job.warnings).toEqual([expect.stringContaining("Specifying an exact version is not recommended")]);
  });

  test.each(["3.12", "3.8-dev", "pypy3"])("does not have %s, and says what it has", async (versionSpec) => {
    await expect(job.run("UsePythonVersion@0", { versionSpec, architecture: process.arch })).rejects.toThrow(
      `Version spec ${versionSpec} for architecture ${process.arch} did not match any version in Agent.ToolsDirectory.\n` +
        `Versions in /w/_tool:\n3.11.2 (${process.arch})\n`,
    );
  });
});

describe("Bash@3 with a file", () => {
  test("runs it with its arguments, in the sources", async () => {
    const exec = jest.fn(async () => 0);
    job.step = { ...job.step, exec };
    job.write("/w/1/s/it's/run.sh", "");
    await job.run("Bash@3", { filePath: "it's/run.sh", arguments: "--epochs 3" });
    expect(job.lines[0]).toBe("Formatted command: exec bash '/w/1/s/it'\\''s/run.sh' --epochs 3");
    const [file = ""] = readdirSync(job.onHost("/w/_temp"));
    expect(job.read(`/w/_temp/${file}`)).toBe("exec bash '/w/1/s/it'\\''s/run.sh' --epochs 3");
    expect(exec.mock.calls).toMatchObject([
      [{ args: ["bash", "--noprofile", "--norc", `/w/_temp/${file}`], directory: "/w/1/s" }],
    ]);
  });

  test.each([
    [{}, "Input required: filePath"],
    [{ filePath: "folder" }, "Invalid file path '/w/1/s/folder'."],
    [{ filePath: "none.sh" }, "none.sh does not exist"],
  ])("with %j fails", async (inputs, message) => {
    job.write("/w/1/s/folder/a", "");
    await expect(job.run("Bash@3", inputs)).rejects.toThrow(message);
  });
});
