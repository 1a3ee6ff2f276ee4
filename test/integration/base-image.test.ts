import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { makeBaseImage } from "../../local-cloud/base-image";
import { unstopped } from "../../local-cloud/base-image/inside";
import { makeChannel } from "../../local-cloud/channel";
import { serveChannel } from "../../local-cloud/channel/serve";
import { cacheDirectory } from "../../local-cloud/toolchain/cache";
import { run } from "../../src/common/run";
import { reservePorts } from "../support/ports";

/** The base image's root file system, unpacked. */
const root = mkdtempSync(join(tmpdir(), "base-image-"));
let channelUrl: string;
let channel: string;
let server: FastifyInstance;

beforeAll(async () => {
  const image = await makeBaseImage(cacheDirectory(), unstopped());
  channel = await makeChannel(cacheDirectory(), image, unstopped());
  await execute(["tar", "--extract", "--file", image.rootfs, "--directory", root]);
  server = serveChannel(channel);
  const port = await reservePorts();
  await server.listen({ host: "127.0.0.1", port });
  channelUrl = `http://127.0.0.1:${port}/conda-forge`;
}, 1_800_000);
afterAll(async () => {
  await server?.close();
  rmSync(root, { recursive: true });
});
beforeEach(() => rmSync(join(root, "opt/environment"), { recursive: true, force: true }));

/** Runs a command with a plain PATH and no more of this machine's environment. */
async function execute(command: string[]): Promise<{ code: number | string; text: string }> {
  const [program = "", ...args] = command;
  const env = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" };
  const { code, lines } = await run(program, args, { env, signal: new AbortController().signal });
  return { code, text: lines.join("\n") };
}

/** `micromamba create` in the image, from a file of this name and content. */
function create(name: string, content: string) {
  writeFileSync(join(root, "tmp", name), content);
  const options = ["--yes", "--prefix", "/opt/environment", "--file", `/tmp/${name}`];
  return execute(["chroot", root, "micromamba", "create", ...options]);
}

const createFrom = (...dependencies: string[]) =>
  create("environment.yml", JSON.stringify({ channels: [channelUrl], dependencies }));

const createLocked = (...lines: string[]) =>
  create("environment.lock", ["# platform: linux-64", "@EXPLICIT", ...lines].join("\n"));

function createWithPip(requirement: string) {
  const dependencies = ["python=3.11", { pip: ["--no-index", requirement] }];
  return create("environment.yml", JSON.stringify({ channels: [channelUrl], dependencies }));
}

/** The packages in the environment, as `name-version`. */
function installed(): string[] {
  const files = readdirSync(join(root, "opt/environment/conda-meta"));
  return files
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.replace(/-[^-]*$/, ""))
    .sort();
}

/** What a plain `python` of the environment prints. */
const python = (script: string) => execute(["chroot", root, "/opt/environment/bin/python", "-c", script]);

/** A package's URL, and its hash as a lock file has it. */
function locked(file: string, hash: "sha256" | "md5"): string {
  const digest = createHash(hash)
    .update(readFileSync(join(channel, file)))
    .digest("hex");
  return `${channelUrl}/${file}#${hash === "sha256" ? "sha256:" : ""}${digest}`;
}

const pythonPackage = "linux-64/python-3.11.2-0_debian.conda";
const olderJoblib = "noarch/joblib-1.4.2-py_0.conda";
/** Of the older format. */
const mccabe = "noarch/mccabe-0.7.0-py_0.tar.bz2";

/** Python that makes a wheel beside the environment file. */
const makeWheel = `
import zipfile
with zipfile.ZipFile("/tmp/thing-1.0-py3-none-any.whl", "w") as wheel:
    wheel.writestr("thing-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: thing\\nVersion: 1.0\\n")
    wheel.writestr("thing-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr("thing-1.0.dist-info/RECORD", "")
`;

/** With joblib, whose version is left open. */
const newest = ["cloudpickle-3.1.3", "joblib-1.6.0", "pip-26.3", "python-3.11.2"];

describe("an environment file", () => {
  it("of the project is solved and installed, and its libraries work", async () => {
    const content = readFileSync(join(__dirname, "../../docker/ci_dependencies.yml"), "utf8");
    const own = content.replace("- conda-forge\n", `- ${channelUrl}\n`);
    expect(await create("ci_dependencies.yml", own)).toMatchObject({ code: 0 });
    const script = `
import coverage, numpy, pandas, sklearn
from azure.ai.ml import MLClient
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression
patients = load_diabetes(as_frame=True)
print(numpy.__version__, pandas.__version__, sklearn.__version__, MLClient.__name__)
print(round(LinearRegression().fit(patients.data, patients.target).score(patients.data, patients.target), 2))`;
    expect(await python(script)).toEqual({ code: 0, text: "2.4.6 3.1.1 1.9.1 MLClient\n0.52" });
    const commands = ["flake8", "pytest", "coverage"].map((name) => `/opt/environment/bin/${name}`);
    for (const command of commands)
      expect(await execute(["chroot", root, command, "--version"])).toMatchObject({ code: 0 });
  });

  it("stays when what was downloaded for it is cleaned up", async () => {
    expect(await createFrom("python=3.11", "joblib")).toMatchObject({ code: 0 });
    expect(existsSync(join(root, "opt/conda/pkgs"))).toBe(true);
    expect(await execute(["chroot", root, "micromamba", "clean", "--all", "--yes"])).toEqual({ code: 0, text: "" });
    expect(existsSync(join(root, "opt/conda/pkgs"))).toBe(false);
    expect(installed()).toEqual(newest);
  });

  it("has each file once: linked to where it was unpacked, and where that cannot be, not kept there", async () => {
    expect(await createFrom("python=3.11", "joblib")).toMatchObject({ code: 0 });
    const file = "lib/python3.11/site-packages/joblib/parallel.py";
    expect(statSync(join(root, "opt/environment", file)).nlink).toBe(2);
    rmSync(join(root, "opt/environment"), { recursive: true });
    // As a build's cache is.
    const create = "chroot . micromamba create --yes --prefix /opt/environment --file /tmp/environment.yml";
    const script = `cd "$0" && mount -t tmpfs cache opt/conda/pkgs && ${create} && find opt/conda/pkgs -name 'joblib*'`;
    const { code, text } = await execute(["unshare", "--mount", "sh", "-c", script, root]);
    expect({ code, text }).toEqual({
      code: 0,
      text: expect.stringMatching(/packages installed in \/opt\/environment$/),
    });
    expect(statSync(join(root, "opt/environment", file)).nlink).toBe(1);
    expect(readdirSync(join(root, "opt"))).toEqual(["conda", "environment"]);
    expect(installed()).toEqual(newest);
  });

  it("gets the newest version of what it does not pin", async () => {
    expect(await createFrom("python=3.11", "joblib")).toMatchObject({ code: 0 });
    expect(installed()).toEqual(newest);
  });

  it("gets an older version where another package needs it", async () => {
    expect(await createFrom("python=3.11", "numpy", "tensorflow")).toMatchObject({ code: 0 });
    expect(installed()).toEqual(["numpy-1.26.4", "pip-26.3", "python-3.11.2", "python_abi-3.11", "tensorflow-2.17.0"]);
    expect(await python("import numpy; print(numpy.linalg.det(numpy.eye(2)))")).toEqual({ code: 0, text: "1.0" });
  });

  it("may name a package's channel", async () => {
    expect(await createFrom("python=3.11", `${channelUrl}::joblib=1.4.2`)).toMatchObject({ code: 0 });
    expect(installed()).toEqual(["joblib-1.4.2", "pip-26.3", "python-3.11.2"]);
  });

  it("without a solution is refused with the reason", async () => {
    expect(await createFrom("python=3.11", "numpy=2.4.6", "tensorflow")).toEqual({
      code: 1,
      text: expect.stringMatching(
        /^micromamba: Cannot solve.*tensorflow 2\.17\.0 would require.*numpy >=1\.26,<2\.0a0/s,
      ),
    });
    expect(existsSync(join(root, "opt/environment"))).toBe(false);
  });

  it("may have pip packages, which are looked for beside the file", async () => {
    await execute(["chroot", root, "python3", "-c", makeWheel]);
    expect(await createWithPip("./thing-1.0-py3-none-any.whl")).toMatchObject({ code: 0 });
    expect(await python("import importlib.metadata as metadata; print(metadata.version('thing'))")).toEqual({
      code: 0,
      text: "1.0",
    });
  });

  it("with a pip package that cannot be had is refused", async () => {
    expect(await createWithPip("no-such-thing")).toEqual({
      code: 1,
      text: expect.stringMatching(/micromamba: pip could not install .*no-such-thing.*PyPI/s),
    });
  });

  it("may set variables for those who activate the environment", async () => {
    const file = { name: "any", prefix: "/any", variables: { Mode: 1 }, channels: [channelUrl, "nodefaults"] };
    await create("environment.yaml", JSON.stringify({ ...file, dependencies: ["python=3.11"] }));
    const state = readFileSync(join(root, "opt/environment/conda-meta/state"), "utf8");
    expect(JSON.parse(state)).toEqual({ env_vars: { MODE: "1" } });
  });

  it.each([
    ["no YAML", "{", /environment\.yml is not YAML/],
    ["nothing", "", /environment\.yml has no channels: add a list 'channels:'/],
    ["no dependencies", "channels: [x]", /environment\.yml has no dependencies: add a list 'dependencies:'/],
    ["a selector", "{channels: [x], dependencies: [{sel(linux): y}]}", /'sel\(linux\)': 'y'.* is not supported/],
    ["a version where a package belongs", "{channels: [x], dependencies: [3.11]}", /3\.11 under dependencies/],
    ["a channel that is no text", "{channels: [[x]], dependencies: [y]}", /\[\['x'\]\] under channels is not a list/],
    ["variables without names", "{channels: [x], dependencies: [y], variables: [z]}", /variables is \['z'\]/],
  ])("with %s is refused", async (_, content, message) => {
    expect(await create("environment.yml", content)).toEqual({ code: 1, text: expect.stringMatching(message) });
  });
});

describe("a lock file", () => {
  it("gets exactly its packages, not the newest, and no others", async () => {
    const lines = ["", "# Python", locked(pythonPackage, "sha256"), locked(olderJoblib, "md5"), locked(mccabe, "md5")];
    expect(await createLocked(...lines)).toMatchObject({ code: 0 });
    expect(installed()).toEqual(["joblib-1.4.2", "mccabe-0.7.0", "python-3.11.2"]);
    expect(await python("import joblib; print(joblib.__version__)")).toEqual({ code: 0, text: "1.4.2" });
    const record = join(root, "opt/environment/conda-meta/joblib-1.4.2-py_0.json");
    expect(JSON.parse(readFileSync(record, "utf8"))).toMatchObject({
      channel: `${channelUrl}/`,
      url: `${channelUrl}/${olderJoblib}`,
      sha256: locked(olderJoblib, "sha256").split(":").at(-1),
      depends: ["python >=3.8"],
    });
  });

  it("may leave hashes out", async () => {
    expect(await createLocked(`${channelUrl}/${pythonPackage}`)).toMatchObject({ code: 0 });
    expect(installed()).toEqual(["python-3.11.2"]);
  });

  it.each([
    ["sha256", `#sha256:${"0".repeat(64)}`],
    ["md5", `#${"0".repeat(32)}`],
  ])("with a wrong %s is refused, also if the package is in the cache", async (algorithm, wrong) => {
    expect(await createFrom("python=3.11", "joblib=1.4.2")).toMatchObject({ code: 0 });
    rmSync(join(root, "opt/environment"), { recursive: true });
    expect(await createLocked(locked(pythonPackage, "sha256"), `${channelUrl}/${olderJoblib}${wrong}`)).toEqual({
      code: 1,
      text: expect.stringContaining(`joblib-1.4.2-py_0.conda has the ${algorithm} `),
    });
    expect(existsSync(join(root, "opt/environment"))).toBe(false);
  });

  it.each<[string, (channel: string) => string[], RegExp]>([
    [
      "a package for another platform",
      (channel) => [`${channel}/win-64/python-3.11.2-0.conda`],
      /is for win-64, and this is linux/,
    ],
    ["no package", () => [], /environment\.lock has no package after @EXPLICIT/],
    [
      "a file that is no package",
      (channel) => [`${channel}/noarch/repodata.json`],
      /json is not the URL of a conda package/,
    ],
    ["a package that is not there", (channel) => [`${channel}/noarch/none-1-0.conda`], /404 .*noarch\/none-1-0\.conda/],
    ["half a hash", (channel) => [`${channel}/${olderJoblib}#sha256:0123`], /#sha256:0123 has no whole hash after #/],
    [
      "a package twice",
      (channel) => [olderJoblib, olderJoblib].map((file) => `${channel}/${file}`),
      /has joblib 2 times/,
    ],
  ])("with %s is refused", async (_, lines, message) => {
    expect(await createLocked(...lines(channelUrl))).toEqual({ code: 1, text: expect.stringMatching(message) });
  });

  it("for another platform is refused", async () => {
    expect(await create("environment.lock", "# platform: osx-arm64\n@EXPLICIT\n")).toEqual({
      code: 1,
      text: expect.stringContaining("environment.lock is for osx-arm64, and this is linux-64"),
    });
  });

  it("without @EXPLICIT is refused, for it would have to be solved", async () => {
    expect(await create("environment.lock", "joblib=1.4.2\n")).toEqual({
      code: 1,
      text: expect.stringContaining("environment.lock has no line @EXPLICIT"),
    });
  });
});

describe("the image", () => {
  it("has the installer in its root prefix, but for the program itself, and environments go on without both", async () => {
    await createLocked(locked(pythonPackage, "sha256"), locked(olderJoblib, "sha256"));
    rmSync(join(root, "bin/micromamba"));
    rmSync(join(root, "opt/conda"), { recursive: true });
    const names = ["-iname", "*rattler*", "-o", "-iname", "*yaml*", "-o", "-iname", "*mamba*"];
    expect(await execute(["chroot", root, "find", "/usr", ...names])).toEqual({ code: 0, text: "" });
    expect(await python("import joblib; print(joblib.__version__)")).toEqual({ code: 0, text: "1.4.2" });
  });
});
