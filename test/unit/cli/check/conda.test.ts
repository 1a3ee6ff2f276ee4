import { execFile } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import type { Finding } from "../../../../src/conda/finding";
import { CondaChannel } from "../../support/conda-channel";

jest.setTimeout(60_000);

const root = join(__dirname, "../../../..");
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "check-env-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

function write(name: string, text: string | Buffer): void {
  mkdirSync(join(directory, name, ".."), { recursive: true });
  writeFileSync(join(directory, name), text);
}

const environment = (...entries: string[]) =>
  `channels: [conda-forge]\ndependencies:\n${entries.map((entry) => `  - ${entry}\n`).join("")}`;

/** Writes the three files where the command looks for them. */
function writeAll(ci: string[], training: string[], scoring: string[]): void {
  write("docker/ci_dependencies.yml", environment(...ci));
  write("docker/conda_dependencies.yml", environment(...training));
  write("docker/conda_dependencies_scoring.yml", environment(...scoring));
}

/** Runs the command in the directory, with nothing in its environment that it asks for but `env`. */
function run(args: string[], env: Record<string, string> = {}) {
  const command = [join(root, "src/cli/job-container.js"), "check", "conda", ...args];
  const { JOB_CONTAINER_CONDA_CHANNEL: _, JOB_CONTAINER_LOCK_FOLDER: __, ...rest } = process.env;
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      command,
      { cwd: directory, env: { ...rest, PATH: `${join(directory, "bin")}:${rest.PATH}`, ...env } },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

test("environments that agree: exit code 0", async () => {
  writeAll(["python=3.11", "numpy=2", "pytest"], ["python=3.11", "numpy=2"], ["python=3.11"]);
  expect(await run([])).toEqual({ code: 0, stdout: "The conda files agree: 2 packages compared.\n", stderr: "" });
});

test("findings: exit code 1, and nothing but JSON on stdout if it is asked for", async () => {
  writeAll(["python=3.11", "numpy"], ["python=3.11", "numpy=2.4"], ["python=3.12"]);
  const { code, stdout } = await run(["--json"]);
  expect(code).toBe(1);
  const { findings } = JSON.parse(stdout);
  expect(findings).toMatchObject([
    { rule: "unpinned", file: "docker/ci_dependencies.yml", line: 4, package: "numpy" },
    { rule: "python", file: "docker/ci_dependencies.yml", line: 3, package: "python" },
  ]);
});

test("other files take the defaults' place, and --training and --scoring are repeatable", async () => {
  write("a.yml", environment("python=3.11"));
  write("b.yml", environment("python=3.11", "numpy=2"));
  write("c.yml", environment("python=3.11", "scipy=1"));
  const args = ["--ci", "a.yml", "--training", "b.yml", "--training", "c.yml", "--scoring", "b.yml", "c.yml"];
  const { files } = JSON.parse((await run([...args, "--json"])).stdout);
  const paths = (list: { path: string }[]) => list.map(({ path }) => path);
  expect([files.ci.path, paths(files.training), paths(files.scoring)]).toEqual([
    "a.yml",
    ["b.yml", "c.yml"],
    ["b.yml", "c.yml"],
  ]);
});

describe("a command that is not understood: exit code 2, and a message that names the option", () => {
  test.each([
    ["an unknown option", ["--sovle"], "unknown option '--sovle'"],
    ["an unknown platform", ["--platform", "linux-99"], "option '--platform <name...>' argument 'linux-99' is invalid"],
    ["no CI file", ["--ci", "no.yml"], "no.yml does not exist: name a conda environment file with --ci"],
    [
      "no scoring file",
      ["--scoring", "no/no.yml"],
      "no.yml does not exist: name a conda environment file with --scoring",
    ],
    [
      "a folder",
      ["--scoring", "docker"],
      "docker cannot be read: it is a folder: name a conda environment file with --scoring",
    ],
    ["a file that is no text", ["--ci", "latin.yml"], "latin.yml cannot be read: it is not UTF-8 text"],
    [
      "a file that PowerShell wrote",
      ["--ci", "powershell.yml"],
      "powershell.yml cannot be read: it is UTF-16 text, as PowerShell's > writes it (make it UTF-8: " +
        "(Get-Content powershell.yml) | Set-Content -Encoding utf8 powershell.yml)",
    ],
    ["two CI files", ["--ci", "a.yml", "--ci", "b.yml"], "It is given already (a.yml): give it once."],
    ["two stacks", ["--stack", "a", "--stack", "b"], "It is given already (a): give it once."],
    ["two channels", ["--conda-channel", "a", "--conda-channel=b"], "It is given already (a): give it once."],
    ["two folders of locks", ["--lock-folder", "a", "--lock-folder", "b"], "It is given already (a): give it once."],
  ])("%s", async (_, args, message) => {
    writeAll(["python"], ["python"], ["python"]);
    write("latin.yml", Buffer.from("name: caf\xe9\n", "latin1"));
    write("powershell.yml", Buffer.from(`\uFEFF${environment("python")}`, "utf16le"));
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});

test("what is only good to know is said, and no finding", async () => {
  writeAll(["python=3.11"], ["python=3.11", "pywin32"], ["python=3.11"]);
  const note =
    "docker/conda_dependencies.yml:4: pywin32 is for Windows only, so it is not looked for in docker/ci_dependencies.yml";
  expect(await run([])).toEqual({
    code: 0,
    stdout: `${note}\n\nThe conda files agree: 2 packages compared.\n`,
    stderr: "",
  });
});

test("a broken file is a finding", async () => {
  writeAll(["python"], ["python"], ["python"]);
  write("docker/ci_dependencies.yml", "");
  const { code, stdout } = await run(["--fix"]);
  expect([code, stdout]).toEqual([
    1,
    expect.stringContaining("docker/ci_dependencies.yml:1  invalid  the file is empty"),
  ]);
});

describe("--fix", () => {
  test("edits the CI file, reports what it did and what is left, and changes nothing the second time", async () => {
    writeAll(
      ["python=3.11", "numpy # why", "scipy=1.*"],
      ["python=3.11", "numpy=2.4", "joblib", "scipy=1.14"],
      ["python=3.11", "scipy=1.15"],
    );
    const path = join(directory, "docker/ci_dependencies.yml");
    const { code, stdout } = await run(["--fix"]);
    expect(code).toBe(1);
    expect(stdout).toContain(
      "Edited docker/ci_dependencies.yml:\n  line 4: numpy is now numpy=2.4\n  new: joblib (conda)\n",
    );
    expect(stdout).toContain("docker/ci_dependencies.yml:5  unpinned");
    const fixed = readFileSync(path, "utf8");
    expect(fixed).toBe(environment("python=3.11", "numpy=2.4 # why", "scipy=1.*", "joblib"));
    const before = statSync(path);
    expect((await run(["--fix"])).stdout).not.toContain("Edited");
    expect(statSync(path)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
  });

  test("keeps line ends, mode and a link to the file, and leaves nothing else behind", async () => {
    writeAll([], ["python=3.11"], ["python=3.11"]);
    write("real.yml", environment("python").replaceAll("\n", "\r\n"));
    chmodSync(join(directory, "real.yml"), 0o640);
    symlinkSync("real.yml", join(directory, "link.yml"));
    const before = readdirSync(directory);
    expect((await run(["--ci", "link.yml", "--fix"])).code).toBe(0);
    expect(readFileSync(join(directory, "real.yml"), "utf8")).toBe(environment("python=3.11").replaceAll("\n", "\r\n"));
    expect(statSync(join(directory, "real.yml")).mode & 0o777).toBe(0o640);
    expect(readdirSync(directory)).toEqual(before);
  });
});

describe("--solve", () => {
  let channel: CondaChannel;

  beforeAll(async () => {
    channel = await CondaChannel.start([
      { name: "python", version: "3.11.9", subdir: "linux-64" },
      { name: "python", version: "3.11.9", subdir: "linux-aarch64" },
      { name: "python", version: "3.11.9", subdir: "osx-arm64" },
      { name: "numpy", version: "1.26.4" },
      { name: "numpy", version: "2.4.6" },
      { name: "scikit-learn", version: "1.4.2", depends: ["numpy <2"] },
      { name: "pip", version: "26.3" },
      { name: "our-model", version: "1.0" },
    ]);
  });

  afterAll(() => channel.close());

  test("locks the files, for each platform, and the lock is found to be right", async () => {
    writeAll(["python=3.11", "numpy=2.4.6"], ["python=3.11"], ["python=3.11"]);
    const env = { JOB_CONTAINER_CONDA_CHANNEL: channel.url, JOB_CONTAINER_LOCK_FOLDER: "locks/of/ci" };
    const { code, stdout, stderr } = await run(["--solve", "--platform", "linux-64", "osx-arm64"], env);
    expect(stdout).toBe(`\
wrote locks/of/ci/docker/ci_dependencies.linux-64.lock (2 packages)
wrote locks/of/ci/docker/conda_dependencies.linux-64.lock (1 package)
wrote locks/of/ci/docker/conda_dependencies.linux-64.azureml.yml, for Azure ML
wrote locks/of/ci/docker/conda_dependencies_scoring.linux-64.lock (1 package)
wrote locks/of/ci/docker/conda_dependencies_scoring.linux-64.azureml.yml, for Azure ML
wrote locks/of/ci/docker/ci_dependencies.osx-arm64.lock (2 packages)
wrote locks/of/ci/docker/conda_dependencies.osx-arm64.lock (1 package)
wrote locks/of/ci/docker/conda_dependencies_scoring.osx-arm64.lock (1 package)

The conda files agree: 1 package compared.
`);
    const files = ["ci_dependencies", "conda_dependencies", "conda_dependencies_scoring"];
    expect(stderr).toContain(`Solving ${files.map((name) => `docker/${name}.yml`).join(", ")} for osx-arm64 …\n`);
    expect(code).toBe(0);
    expect(readFileSync(join(directory, "locks/of/ci/docker/ci_dependencies.linux-64.lock"), "utf8")).toContain(
      `${channel.url}/noarch/numpy-2.4.6-0.conda#sha256:`,
    );
    expect((await run([], env)).code).toBe(0);
  });

  test("locks CI for the platforms that the stack's image is for", async () => {
    writeAll(["python=3.11"], ["python=3.11"], ["python=3.11"]);
    write("Pulumi.yaml", "name: jc\nruntime: nodejs\n");
    write("Pulumi.dev.yaml", "config:\n  jc:platforms: [linux/arm64, linux/amd64]\n");
    const locks = ["linux-aarch64", "linux-64"].map((platform) => `docker/ci_dependencies.${platform}.lock`);
    expect((await solve()).locks).toEqual(expect.arrayContaining(locks));
    const [lock = ""] = locks;
    write(lock, readFileSync(join(directory, lock), "utf8").replaceAll("python-3.11.9", "python-3.10.9"));
    const { stdout } = await run(["--json"], { JOB_CONTAINER_CONDA_CHANNEL: channel.url });
    const differs = { rule: "solution", file: "docker/ci_dependencies.yml", package: "python" };
    expect(JSON.parse(stdout).findings).toMatchObject([{ rule: "lock", file: lock }, differs, differs]);
  });

  /** What `--solve` says as JSON, with the rules of its findings and where they are. */
  async function solve(...args: string[]) {
    const { stdout } = await run(["--solve", "--json", "--conda-channel", channel.url, ...args]);
    const { findings, notes, locks, solutions } = JSON.parse(stdout);
    const places = findings.map(({ file, line, rule }: Finding) => `${file}:${line} ${rule}`);
    return { findings, notes, locks, solutions, places };
  }

  const lock = "docker/ci_dependencies.linux-64.lock";

  const lockOf = (file: string) => `docker/${file}.linux-64.lock`;
  const locks = ["ci_dependencies", "conda_dependencies", "conda_dependencies_scoring"].map(lockOf);
  const written = (path: string) => readFileSync(join(directory, path), "utf8");
  /** The entries of a lock, as `name-version`. */
  const lockedIn = (path: string) => [...written(path).matchAll(/\/([^/]+-[\d.]+)-0\.conda#/g)].map(([, name]) => name);

  test("gives a package one version in all files, in the place of older locks", async () => {
    writeAll(["python=3.11", "numpy"], ["python=3.11", "numpy"], ["python=3.11"]);
    expect(await solve()).toMatchObject({ places: [], locks });
    expect(locks.map(lockedIn)).toEqual([
      ["numpy-2.4.6", "python-3.11.9"],
      ["numpy-2.4.6", "python-3.11.9"],
      ["python-3.11.9"],
    ]);
    // Only CI needs it, and with it another numpy.
    write("docker/ci_dependencies.yml", environment("python=3.11", "numpy", "scikit-learn"));
    const { places, solutions } = await solve();
    expect(places).toEqual([]);
    expect(locks.map(lockedIn)).toEqual([
      ["numpy-1.26.4", "python-3.11.9", "scikit-learn-1.4.2"],
      ["numpy-1.26.4", "python-3.11.9"],
      ["python-3.11.9"],
    ]);
    expect(solutions.map(({ file, platform }: { file: string; platform: string }) => [file, platform])).toEqual([
      ["docker/ci_dependencies.yml", "linux-64"],
      ["docker/conda_dependencies.yml", "linux-64"],
      ["docker/conda_dependencies_scoring.yml", "linux-64"],
    ]);
  });

  test("says what cannot agree, once, and locks each file all the same", async () => {
    writeAll(["python=3.11", "scikit-learn"], ["python=3.11"], ["python=3.11"]);
    write("docker/conda_dependencies.yml", environment("python=3.11", "our-model"));
    write("docker/conda_dependencies_scoring.yml", environment("python=3.11", "our-model", "numpy=2.4.6"));
    write("docker/ci_dependencies.yml", environment("python=3.11", "scikit-learn", "our-model", "numpy"));
    const { places, findings } = await solve();
    expect(places).toEqual(["docker/ci_dependencies.yml:6 unpinned", "docker/ci_dependencies.yml:6 solution"]);
    expect(findings[1].message).toMatch(/numpy is solved to 1\.26\.4 here and to 2\.4\.6 in .*scoring\.yml/);
    expect(lockedIn(lockOf("conda_dependencies_scoring"))).toContain("numpy-2.4.6");
    // Without solving, the locks tell.
    const { stdout } = await run(["--json", "--conda-channel", channel.url]);
    const found: Finding[] = JSON.parse(stdout).findings;
    expect(found.map(({ rule }) => rule)).toEqual(["unpinned", "solution"]);
    expect(found[1]?.message).toMatch(/numpy is locked in 1\.26\.4 here and in 2\.4\.6 in .*: solve again/);
  });

  test("writes for Azure ML what the locks of training and scoring have, and finds another content", async () => {
    writeAll(["python=3.11", "numpy"], ["python=3.11", "numpy", "pip: [our-server>=1]"], ["python=3.11"]);
    withUv(answering("our-server==1.2"));
    await solve();
    const path = "docker/conda_dependencies.linux-64.azureml.yml";
    expect(parse(written(path))).toEqual({
      channels: [channel.url, "nodefaults"],
      dependencies: ["numpy=2.4.6=0", "pip=26.3=0", "python=3.11.9=0", { pip: ["our-server==1.2"] }],
    });
    expect(existsSync(join(directory, "docker/ci_dependencies.linux-64.azureml.yml"))).toBe(false);
    write(path, written(path).replace("numpy=2.4.6", "numpy=1.26.4"));
    const { stdout } = await run(["--json", "--conda-channel", channel.url]);
    expect(JSON.parse(stdout).findings).toMatchObject([{ rule: "missing" }, { rule: "lock", file: path }]);
  });

  test("a file that is no lock of ours is left alone", async () => {
    writeAll(["python=3.11"], ["python=3.11"], ["python=3.11"]);
    write(lock, "mine\n");
    const { places, locks } = await solve();
    expect([new Set(places), locks]).toEqual([new Set([`${lock}:1 lock`]), []]);
    expect(readFileSync(join(directory, lock), "utf8")).toBe("mine\n");
  });

  test("a CI file that cannot be read in full is not locked", async () => {
    writeAll(["python=3.11", "pip: [-r requirements.txt]"], ["python=3.11"], ["python=3.11"]);
    const { places, locks, notes } = await solve();
    expect([places, locks]).toEqual([["docker/ci_dependencies.yml:4 unread"], []]);
    expect(notes).toEqual([`${lock} is not written, because a part of docker/ci_dependencies.yml cannot be read`]);
    expect(existsSync(join(directory, lock))).toBe(false);
  });

  test("a file without a solution and a channel without an answer are findings, and nothing is locked", async () => {
    writeAll(["python=3.11", "numpy=9"], ["python=3.11", "numpy=9"], ["python=3.11"]);
    channel.behave("win-64", { status: 503 });
    const { places, locks } = await solve("--platform", "linux-64", "win-64");
    expect(places).toEqual([
      "docker/ci_dependencies.yml:4 unsolvable",
      "docker/conda_dependencies.yml:4 unsolvable",
      "docker/ci_dependencies.yml:1 channel",
      "docker/conda_dependencies.yml:1 channel",
      "docker/conda_dependencies_scoring.yml:1 channel",
    ]);
    expect(locks).toEqual([]);
  });

  test("a pip package that the channels offer is said once, for all platforms", async () => {
    writeAll(["python=3.11", "pip: [numpy, scikit-learn]"], ["python=3.11"], ["python=3.11"]);
    withUv(answering("numpy==2.4.6", "scikit-learn==1.4.2"));
    const { places } = await solve("--platform", "linux-64", "osx-arm64");
    expect(places).toEqual(["docker/ci_dependencies.yml:4 pip", "docker/ci_dependencies.yml:4 pip"]);
  });

  /** Puts a uv on PATH that does this. */
  function withUv(script: string): void {
    write("bin/uv", `#!/bin/sh\n${script}\n`);
    chmodSync(join(directory, "bin/uv"), 0o755);
  }

  const hash = "a".repeat(64);
  const answering = (...lines: string[]) =>
    `cat > "$5" <<'END'\n${lines.map((line) => `${line} \\\n    --hash=sha256:${hash}\n`).join("")}END`;

  test("what pip installs is locked as well, for each platform, and the lock is found to be right", async () => {
    writeAll(["python=3.11", "numpy=2", "pip: [our-server>=1]"], ["python=3.11"], ["python=3.11"]);
    withUv(`cat > asked; echo "$@" >> calls; cp "$7" constraints; ${answering("our-server==1.2")}`);
    const { places, notes } = await solve("--platform", "linux-64", "linux-aarch64");
    expect(places).toEqual([]);
    expect(notes).toContain(`wrote ${lock} (3 packages, and 1 from pip)`);
    expect(written("docker/asked")).toBe("our-server>=1\n");
    // What conda installs stays as it is, and is not installed again.
    expect(written("docker/constraints")).toMatch(/^numpy==2\.4\.6$/m);
    const call = (platform: string) =>
      expect.stringMatching(
        new RegExp(
          `--python-version 3.11.9 --python-platform ${platform} --generate-hashes .* --no-emit-package numpy\\b`,
        ),
      );
    expect(written("docker/calls").trim().split("\n")).toEqual([
      call("x86_64-manylinux_2_28"),
      call("aarch64-manylinux_2_28"),
    ]);
    expect(written(lock)).toContain(`# pip our-server==1.2 \\\n# pip     --hash=sha256:${hash}\n`);
    expect((await run(["--conda-channel", channel.url])).code).toBe(0);
  });

  test.each([
    [
      "uv is not there",
      "exit 127",
      /^what pip installs cannot be locked for linux-64, so .* is not written: it takes uv/,
    ],
    ["uv has no solution", "echo 'No solution found' >&2; exit 1", /: No solution found$/],
  ])("where %s, nothing is locked", async (_, script, message) => {
    writeAll(["python=3.11", "pip: [our-server>=1]"], ["python=3.11"], ["python=3.11"]);
    withUv(script);
    write("bin/python3", "#!/bin/sh\necho '/bin/python3: No module named uv' >&2; exit 1\n");
    chmodSync(join(directory, "bin/python3"), 0o755);
    const { places, findings, locks } = await solve();
    expect([places, locks]).toEqual([["docker/ci_dependencies.yml:4 lock"], []]);
    expect(findings[0].message).toMatch(message);
    expect(existsSync(join(directory, lock))).toBe(false);
  });

  test("a pip package is found on a channel of the file's own, under the name that it has on PyPI", async () => {
    const own = (...entries: string[]) => environment(...entries).replace("conda-forge", channel.url);
    writeAll([], ["python=3.11"], ["python=3.11"]);
    write("docker/ci_dependencies.yml", own("python=3.11", "pip: [our-model==1.0]"));
    withUv(answering("our-model==1.0"));
    const { places, findings } = await solve();
    expect(places).toEqual(["docker/ci_dependencies.yml:4 pip"]);
    expect(findings[0].message).toContain("our-model 1.0");
  });
});
