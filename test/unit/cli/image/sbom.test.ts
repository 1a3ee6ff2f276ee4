import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { goodImage } from "../../support/image-files";
import { TestRegistry } from "../../support/image-registry";

let registry: TestRegistry;
let root: string;
let digest: string;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "image-sbom-"));
  registry = await TestRegistry.start();
  ({ digest } = registry.push(await goodImage(), "build-7"));
  write(
    "docker/Dockerfile",
    "FROM scratch AS lock\nCOPY ci.linux-64.lock /\nFROM debian\nCOPY --from=lock /ci.linux-64.lock /\n",
  );
});
afterEach(async () => {
  await registry.stop();
  rmSync(root, { recursive: true });
});

function write(path: string, content: string): void {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), content);
}

const lock = `# channels: https://conda.anaconda.org/conda-forge
# digest: sha256:${"a".repeat(64)}
# platform: linux-64
@EXPLICIT
https://conda.anaconda.org/conda-forge/linux-64/openssl-3.5.0-h1_0.conda#sha256:${"a".repeat(64)}
`;

/** Runs the step as the image-build pipeline does. */
async function run(tag = "build-7") {
  const command = resolve("src/cli/job-container.js");
  const child = spawn(process.execPath, [command, "image", "sbom", `${registry.host}/mlops/model:${tag}`], {
    cwd: root,
    env: { PATH: process.env.PATH, DOCKER_CONFIG: root, DOCKERFILE: "docker/Dockerfile", CONDAFILE: "ci.yml" },
  });
  const exit = new Promise((end) => child.once("close", end));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { stdout, stderr, code };
}

test("what the lock installs is pushed beside the image that the tag leads to", async () => {
  write("docker/ci.linux-64.lock", lock);
  const { stdout, stderr, code } = await run();
  expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
  expect(stdout).toBe(`${registry.host}/mlops/model:build-7: pushed an SBOM for linux-64 beside ${digest}\n`);
  const about = [...registry.manifests.values()].map((each) => JSON.parse(each.text)).find(({ subject }) => subject);
  expect(about.subject.digest).toBe(digest);
  const sbom = JSON.parse(registry.blobs.get(about.layers[0].digest)?.toString() ?? "");
  expect(sbom.components.map(({ name }: { name: string }) => name)).toEqual(["openssl"]);
});

test("without a lock file, or with a Dockerfile that takes none, there is no SBOM, and that is said", async () => {
  expect(await run()).toMatchObject({ code: 0, stdout: expect.stringContaining(": no SBOM: ") });
  write("docker/ci.linux-64.lock", lock);
  write("docker/Dockerfile", "FROM debian\n");
  expect(await run()).toMatchObject({ code: 0, stdout: expect.stringContaining(": no SBOM: ") });
});

test("an image that is not there ends with 1", async () => {
  write("docker/ci.linux-64.lock", lock);
  expect(await run("build-8")).toMatchObject({ code: 1, stderr: expect.stringContaining("has no image") });
});
