import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseLoggingCommand } from "../../../../local-cloud/agent/log/logging-commands";
import { compareFiles } from "../../../../src/cli/image/compare-files";

const conda = (...entries: string[]) =>
  `channels: [conda-forge]\ndependencies:\n${["python=3.11", ...entries].map((entry) => `  - ${entry}\n`).join("")}`;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sources-"));
  mkdirSync(join(root, "deploy"));
  write("docker/ci.yml", conda("numpy=2.4.6"));
  write("docker/train it.yml", conda("numpy=2.4.6"));
  write("docker/score.yml", conda());
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** What the step prints and sets, where the packages are installed in a folder. */
async function compare(variables: Record<string, string> = {}, folder = "deploy") {
  const here = process.cwd();
  process.chdir(join(root, folder));
  try {
    const all = {
      ...{ ENVIRONMENTPOLICY: "error", DOCKERFILE: "docker/Dockerfile", BUILDCONTEXT: "", CONDAFILE: "ci.yml" },
      ...{ TRAININGFILES: "docker/train it.yml", SCORINGFILES: "docker/score.yml", LOCKFOLDER: "", CONDACHANNEL: "" },
      ...variables,
    };
    const { lines, failed } = await compareFiles(all, { root, folder: join(root, folder) });
    const issues = lines.flatMap((line) => parseLoggingCommand(line) ?? []).map(({ data }) => data);
    return { failed, text: lines.join("\n"), issues };
  } finally {
    process.chdir(here);
  }
}

test.each(["deploy", "."])(
  "compares the files that the stack compares, whose paths are from the root, from %s",
  async (folder) => {
    expect(await compare({}, folder)).toMatchObject({ failed: false, text: expect.stringContaining("agree") });
    write("docker/train it.yml", conda("numpy=2.0.0"));
    expect(await compare({}, folder)).toMatchObject({
      failed: true,
      text: expect.stringMatching(/ci\.yml:\d+ +conflict/),
    });
  },
);

test("takes the conda file from the build's context, which may be the root", async () => {
  write("envs/ci.yml", conda("numpy=2.4.6"));
  expect(await compare({ BUILDCONTEXT: ".", CONDAFILE: "envs/ci.yml" })).toMatchObject({ failed: false });
});

test("compares CI's file with itself where the stack has no others", async () => {
  write("docker/train it.yml", conda("numpy=2.0.0"));
  expect(await compare({ TRAININGFILES: "", SCORINGFILES: "" })).toMatchObject({ failed: false });
});

test("compares the lock of the stack's own folder with the stack's channel", async () => {
  write("locks/docker/ci.linux-64.lock", "no lock\n");
  expect(await compare()).toMatchObject({ failed: false });
  expect(await compare({ LOCKFOLDER: "locks" })).toMatchObject({
    failed: true,
    text: expect.stringMatching(/locks\/docker\/ci\.linux-64\.lock:\d+ +lock/),
  });
});

test("compares the lock of each platform that the image is for", async () => {
  write("docker/ci.linux-aarch64.lock", "no lock\n");
  expect(await compare({ PLATFORMS: "linux/amd64" })).toMatchObject({ failed: false });
  expect(await compare({ PLATFORMS: "linux/amd64,linux/arm64" })).toMatchObject({
    failed: true,
    text: expect.stringMatching(/docker\/ci\.linux-aarch64\.lock:\d+ +lock/),
  });
});

test("only warns with the policy warn, and says so", async () => {
  write("docker/train it.yml", conda("numpy=2.0.0"));
  expect(await compare({ ENVIRONMENTPOLICY: "warn" })).toMatchObject({
    failed: false,
    issues: [expect.stringContaining("environmentPolicy is warn, so the image is built all the same")],
  });
  write("docker/train it.yml", conda("numpy=2.4.6"));
  expect(await compare({ ENVIRONMENTPOLICY: "warn" })).toMatchObject({ failed: false, issues: [] });
});

test("compares nothing with the policy off, and says so", async () => {
  write("docker/train it.yml", conda("numpy=2.0.0"));
  expect(await compare({ ENVIRONMENTPOLICY: "off" })).toEqual({
    failed: false,
    issues: [],
    text: "environmentPolicy is off: the conda files are not compared",
  });
});

test("a file that is not there is the setting's mistake", async () => {
  await expect(compare({ SCORINGFILES: "docker/score.yml\ndocker/gone.yml" })).rejects.toThrow(
    /docker\/gone\.yml does not exist: correct the setting scoringFiles/,
  );
});

test("nothing in a file's name becomes a command of the agent", async () => {
  const name = "docker/##vso[task.setvariable variable=a]b.yml";
  write(name, conda("numpy=2.0.0"));
  expect(await compare({ TRAININGFILES: name })).toMatchObject({ failed: true, issues: [] });
});
