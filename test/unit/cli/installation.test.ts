import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { version } from "../../../package.json";

jest.setTimeout(120_000);

const root = resolve(__dirname, "../../..");

/** What an installation has: no local cloud, and no tests. */
const copied = ["Pulumi.yaml", "Pulumi.dev.yaml", "package.json", "index.ts", "fast.js", "components", "docker", "src"];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "installation-"));
  for (const name of copied) cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  // Says in the end what was loaded, so that a test can tell what a verb takes.
  const say = 'process.stderr.write("\\nloaded: " + Object.keys(require.cache).join(" ") + "\\n")';
  writeFileSync(join(folder, "loaded.js"), `process.on("exit", () => ${say});\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));

function jobContainer(args: string[], nodeArguments: string[] = []) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((done) => {
    const child = execFile(
      process.execPath,
      [...nodeArguments, "src/cli/job-container.js", ...args],
      { cwd: folder, env: { PATH: "/usr/bin:/bin", HOME: folder } },
      (_, stdout, stderr) => done({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

test.each<[call: string, code: number, said: string]>([
  ["--help", 0, "Usage: job-container [options] [command]"],
  ["help", 0, "Usage: job-container [options] [command]"],
  ["--help", 0, "-V, --version  print the package's version"],
  ["--version", 0, `${version}\n`],
  ["", 2, "Usage: job-container [options] [command]"],
  ["frob", 2, "error: unknown command 'frob'\nSee: npx job-container --help"],
  ["install --help", 0, "Usage: job-container install [options]"],
  ["check --help", 0, "Usage: job-container check [options] [command]"],
  ["check frob", 2, "error: unknown command 'frob'\nSee: npx job-container check --help"],
  ["check conda --help", 0, "Usage: job-container check conda [options]"],
  ["check conda", 0, "The conda files agree"],
  ["check image --help", 0, "Usage: job-container check image [options] <reference>"],
  ["help check image", 0, "Usage: job-container check image [options] <reference>"],
  ["check image 127.0.0.1:1/a/b:1", 2, "error: cannot reach http://127.0.0.1:1/"],
  ["adopt --help", 0, "Usage: job-container adopt [options] <path...>"],
  ["adopt docker/docker-image-pipeline.yml", 1, "error: no container of docker/docker-image-pipeline.yml's jobs"],
  ["run --help", 0, "Usage: job-container run <image|model> [options]"],
  ["run image", 1, "there is no Pulumi CLI on PATH"],
  ["run model", 1, "there is no Pulumi CLI on PATH"],
  ["env --help", 0, "Usage: job-container env <command> [options]"],
  ["env up --branch b --name A", 1, '--name "A" must be lower-case letters'],
  ["env preview --branch b --name A", 1, '--name "A" must be lower-case letters'],
  ["env destroy", 2, "required option '--branch <name>' not specified\nSee: npx job-container env --help"],
  ["env list --base no", 1, "there is no Pulumi.no.yaml"],
  ["env sweep --limit 0", 2, "It must be a number from 1."],
  ["recover --help", 0, "Usage: job-container recover --stack <name>"],
  ["recover --stack no", 1, "there is no Pulumi.no.yaml"],
])("without the local cloud: job-container %s", async (call, code, said) => {
  const ended = await jobContainer(call.split(" ").filter((word) => word !== ""));
  expect(ended.stdout + ended.stderr).toContain(said);
  expect(ended.stdout + ended.stderr).not.toMatch(/Cannot find module|^ +at /m);
  expect(ended.code).toBe(code);
});

describe("what is loaded", () => {
  const loaded = async (...args: string[]) => {
    const { stderr } = await jobContainer(args, ["--require", "./loaded.js"]);
    return /^loaded: (.*)$/m.exec(stderr)?.[1]?.replaceAll(`${folder}/`, "").split(" ") ?? [];
  };

  test("to list the verbs is none of them", async () => {
    const files = await loaded("--help");
    expect(files).toContain("src/cli/main.ts");
    expect(files.filter((file) => /^src\/cli\/\w+\/|@pulumi|azure-devops-node-api|zod/.test(file))).toEqual([]);
  });

  test.each([["check conda"], ["check image"], ["adopt"]])(
    "for %s is neither Pulumi nor the client of Azure DevOps",
    async (verb) => {
      const files = await loaded(...verb.split(" "), "--help");
      expect(files).toContain("src/cli/verbs.ts");
      expect(files.filter((file) => /@pulumi|azure-devops-node-api/.test(file))).toEqual([]);
    },
  );
});
