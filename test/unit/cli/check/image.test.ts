import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { goodImage } from "../../support/image-files";
import { indexType, TestRegistry } from "../../support/image-registry";

let registry: TestRegistry;
let docker: string;

beforeAll(async () => {
  docker = mkdtempSync(join(tmpdir(), "check-image-"));
  registry = await TestRegistry.start();
  const good = await goodImage();
  registry.push(good, "good");
  registry.push({ ...good, config: { ...good.config, Entrypoint: ["/start"], User: "1000" } }, "bad");
});

afterAll(async () => {
  await registry.stop();
  rmSync(docker, { recursive: true });
});

/** Runs the command as `npx job-container check image` does, without anybody's own logins. */
async function run(...args: string[]) {
  const root = resolve(__dirname, "../../../..");
  const child = spawn(process.execPath, ["src/cli/job-container.js", "check", "image", ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, DOCKER_CONFIG: docker },
  });
  const exit = new Promise((end) => child.once("close", end));
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { stdout, stderr, exitCode };
}

const image = (tag: string) => `${registry.host}/mlops/model:${tag}`;

test("an image that jobs can run in ends with 0", async () => {
  expect(await run(image("good"))).toEqual({
    stdout: `${image("good")}: jobs can run in it.\n`,
    stderr: "",
    exitCode: 0,
  });
});

test("each broken rule is a line, and the end is 1", async () => {
  const { stdout, stderr, exitCode } = await run(image("bad"));
  expect(stdout.split("\n")).toEqual([
    `${image("bad")}: jobs cannot run in it.`,
    expect.stringMatching(/^ {2}entrypoint {2}the image has the ENTRYPOINT \["\/start"\]/),
    expect.stringMatching(/^ {2}user {8}the image's user \(USER\) is 1000/),
    "",
  ]);
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 1 });
});

test("--for looks for what the steps of a pipeline need", async () => {
  const pipeline = join(docker, "ci.yml");
  const container = `container: { image: ${image("good")} }`;
  writeFileSync(pipeline, `jobs:\n  - job: one\n    ${container}\n    steps: [{ task: AzureCLI@2 }]\n`);
  const { stdout, exitCode } = await run(image("good"), "--for", pipeline);
  expect(stdout).toMatch(/\n {2}programs {2}\S*ci\.yml:4 runs az, and the image has no such program/);
  expect(exitCode).toBe(1);
  expect(await run(image("good"), "--for", "nowhere.yml")).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("there is no nowhere.yml (--for)"),
  });
});

test("--json is for machines", async () => {
  const { stdout, exitCode } = await run(image("bad"), "--json", "--platform", "linux/arm64");
  expect(JSON.parse(stdout)).toEqual({
    reference: image("bad"),
    platforms: ["linux/arm64"],
    broken: [
      {
        platform: "linux/arm64",
        rule: "platform",
        message: expect.stringContaining("for linux/amd64 and not for linux/arm64"),
      },
    ],
  });
  expect(exitCode).toBe(1);
});

test("an image may be checked for each of two platforms", async () => {
  const good = await goodImage();
  const list = [
    { ...registry.push(good, "amd64"), platform: { os: "linux", architecture: "amd64" } },
    { ...registry.push({ ...good, architecture: "arm64" }, "arm64"), platform: { os: "linux", architecture: "arm64" } },
  ];
  registry.pushManifest("two", indexType, { schemaVersion: 2, mediaType: indexType, manifests: list });
  const { stdout, exitCode } = await run(image("two"), "--platform", "linux/amd64,linux/arm64");
  expect(stdout.split("\n")).toEqual([
    `${image("two")}: jobs cannot run in it.`,
    expect.stringMatching(/^ {2}linux\/arm64 libc {2}the image has no glibc/), // the files are amd64's
    "",
  ]);
  expect(exitCode).toBe(1);
});

test("an image that cannot be read ends with 2, and its message", async () => {
  const { stdout, stderr, exitCode } = await run(image("none"));
  expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
  expect(stderr).toMatch(/^error: the registry 127\S+ has no image .*\n$/);
});

test.each([
  ["no image", [], "error: missing required argument 'reference'"],
  ["two images", ["a", "b"], "error: too many arguments"],
  ["an unknown option", ["a", "--all"], "error: unknown option '--all'"],
  ["an unknown platform", ["a", "--platform", "windows/amd64"], "error: option '--platform <platforms>' argument"],
  ["a bad reference", ["https://x/y"], 'error: "https://x/y" is not the name of an image'],
])("%s is wrong usage, which ends with 2", async (_, args, message) => {
  const { stdout, stderr, exitCode } = await run(...args);
  expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
  expect(stderr).toContain(message);
});

test("Docker's logins are used", async () => {
  const auths = { [registry.host]: { auth: Buffer.from("user:password").toString("base64") } };
  writeFileSync(join(docker, "config.json"), JSON.stringify({ auths }));
  registry.challenge = "Bearer";
  registry.logins.push("user:password");
  expect(await run(image("good"))).toMatchObject({ stderr: "", exitCode: 0 });
  rmSync(join(docker, "config.json"));
  expect((await run(image("good"))).stderr).toContain("lets nobody read mlops/model without signing in");
});
