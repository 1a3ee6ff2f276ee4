import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import dockerignore from "@balena/dockerignore";

const dockerfile = readFileSync("docker/Dockerfile", "utf8");

/** The instructions of each stage, by its name; those before the first `FROM` and those of the last stage have names of ours. */
const stages = new Map(
  dockerfile.split(/^(?=FROM )/m).map((text, index) => {
    const name = index === 0 ? "arguments" : (/^FROM \S+ AS (\S+)/.exec(text)?.[1] ?? "image");
    return [name, text.replace(/^#.*\n/gm, "").replace(/\\\n/g, " ")];
  }),
);

function instructions(stage: string, name: string): string[] {
  return [...(stages.get(stage) ?? "").matchAll(new RegExp(`^${name} (.*)$`, "gm"))].map(([, rest = ""]) =>
    rest.trim(),
  );
}

test("no image is pulled to read it", () => {
  expect(dockerfile).not.toMatch(/^#\s*syntax=/im);
});

test("it has these stages, the last of which is the image", () => {
  expect([...stages.keys()]).toEqual(["arguments", "lock", "definition", "installer", "system", "image"]);
});

describe("the image", () => {
  test("starts from nothing, so that no layer of the base image brings the installer along", () => {
    expect(instructions("image", "FROM")).toEqual(["scratch"]);
  });

  test("gets the environment last: another conda file changes that layer alone", () => {
    const layers = [...(stages.get("image") ?? "").matchAll(/^(?:COPY|RUN) \S+/gm)].map(([start]) => start);
    expect(layers).toEqual(["COPY --from=system", expect.stringMatching(/^RUN --mount=/)]);
  });

  test("sees the installer while it installs, and keeps nothing that is written there or at home", () => {
    const [run = ""] = instructions("image", "RUN");
    expect(run).toContain("--mount=type=bind,from=installer,source=/bin/micromamba,target=/bin/micromamba");
    expect(run).toContain("--mount=type=bind,from=installer,source=/opt/conda,target=/opt/conda,rw");
    expect(run).toContain("--mount=type=tmpfs,target=/root ");
    expect(instructions("installer", "RUN")).toEqual([]);
  });

  test("does not depend on the environment but there", () => {
    expect(stages.get("system")).not.toMatch(/^ARG|\bCONDA_|--from=/m);
  });

  test("has no entry point, the user root, and the environment before everything else on PATH", () => {
    expect(instructions("image", "ENTRYPOINT")).toEqual([]);
    expect(instructions("image", "USER")).toEqual(["root"]);
    expect(instructions("image", "ENV")).toContainEqual(expect.stringMatching(/^PATH=\/opt\/environment\/bin:/));
  });

  test("is without what the base image installs with, and nothing else is deleted where a variable is missing", () => {
    const [removal = ""] = instructions("system", "RUN");
    for (const [variables, fails] of [
      [{ MAMBA_EXE: "/bin/micromamba", MAMBA_ROOT_PREFIX: "/opt/conda" }, false],
      [{ MAMBA_EXE: "/bin/micromamba" }, true],
      [{ MAMBA_ROOT_PREFIX: "/opt/conda" }, true],
    ] as const) {
      const script = `rm() { echo "rm $*"; }; sed() { :; }; ${removal}`;
      const run = () =>
        execFileSync("bash", ["--norc", "-eo", "pipefail", "-c", script], { env: variables, stdio: "pipe" }).toString();
      if (fails) expect(run).toThrow();
      else expect(run()).toMatch(/^rm --recursive \/bin\/micromamba \/opt\/conda \/usr\/local\/bin\/_/);
    }
  });
});

test("downloaded packages stay in the builder's cache", () => {
  const [run = ""] = instructions("image", "RUN");
  expect(run).toContain("--mount=type=cache,target=/opt/conda/pkgs");
  expect(run).toContain("--mount=type=cache,target=/root/.cache/pip");
});

describe("the installation", () => {
  const script = /<<"EOR"\n(.*?)^EOR$/ms.exec(dockerfile)?.[1] ?? "";
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "installer-"));
    mkdirSync(join(folder, "root"));
    mkdirSync(join(folder, "tmp/definition"), { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs it with programs that only say how they are called. */
  function install(files: Record<string, string>, channel = "conda-forge"): string[] {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, "tmp/definition", name), text);
    const local = script
      .replace(/\/(tmp|root)\//g, `${folder}/$1/`)
      .replaceAll("/opt/environment/bin/python", "python");
    const said = `micromamba() { echo "micromamba $*"; }; python() { echo "python $*"; }; ${local}`;
    const env = { PATH: process.env.PATH, CONDA_CHANNEL: channel };
    const output = execFileSync("bash", ["--norc", "-eo", "pipefail", "-c", said], { encoding: "utf8", env });
    return output.trim().replaceAll(folder, "").split("\n");
  }

  const create = "micromamba create --yes --prefix /opt/environment --file";

  test("takes the lock file where there is one", () => {
    const lock = "# platform: linux-64\n@EXPLICIT\nhttps://example.com/noarch/a-1-0.conda\n";
    expect(install({ "environment.yml": "", "environment.lock": lock })).toEqual([
      `${create} /tmp/definition/environment.lock`,
    ]);
  });

  test("takes what comes from pip out of the lock file's comments: that, and nothing whose hash is not there", () => {
    const lock = "# file: ci.yml\n@EXPLICIT\n# pip torch==2.0 \\\n# pip     --hash=sha256:aa\n# pip my-package==1\n";
    expect(install({ "environment.yml": "", "environment.lock": lock })).toEqual([
      `${create} /tmp/definition/environment.lock`,
      "python -m pip install --require-hashes --no-deps --requirement /root/requirements.txt",
    ]);
    expect(readFileSync(join(folder, "root/requirements.txt"), "utf8")).toBe(
      "torch==2.0 \\\n    --hash=sha256:aa\nmy-package==1\n",
    );
  });

  test.each([
    ["  - conda-forge", "  - http://mirror/c"],
    ["- conda-forge  # all of it", "- http://mirror/c  # all of it"],
    ['  - "conda-forge"', '  - "http://mirror/c"'],
    ["channels: [conda-forge, defaults]", "channels: [http://mirror/c, defaults]"],
    ["channels: [defaults, 'conda-forge' ]", "channels: [defaults, 'http://mirror/c' ]"],
    ["  - conda-forge::numpy=2", "  - http://mirror/c::numpy=2"],
    ['  - "conda-forge::numpy >=2"', '  - "http://mirror/c::numpy >=2"'],
    ["channels: [conda-forge::a, conda-forge::b]", "channels: [http://mirror/c::a, http://mirror/c::b]"],
    ["channels: [\n  conda-forge,\n  defaults]", "channels: [\n  http://mirror/c,\n  defaults]"],
    ["  - conda-forge\r", "  - http://mirror/c\r"],
    ["\t# our\tconda-forge\t", "\t# our\tconda-forge\t"],
    ["  - conda-forge/label/rc", "  - conda-forge/label/rc"],
    ["  - https://example.com/conda-forge", "  - https://example.com/conda-forge"],
    ["  - conda-forge-pinning=1", "  - conda-forge-pinning=1"],
  ])("without one, puts the channel in conda-forge's place: %s", (line, expected) => {
    const text = (entry: string) => `name: ci\n${entry}\ndependencies:\n  - python\n`;
    expect(install({ "environment.yml": text(line) }, "http://mirror/c")).toEqual([`${create} /root/environment.yml`]);
    expect(readFileSync(join(folder, "root/environment.yml"), "utf8")).toBe(text(expected));
  });
});

describe("the build sees", () => {
  const sees = (file: string) => !dockerignore().add(readFileSync("docker/.dockerignore", "utf8")).ignores(file);

  test("of this folder, the conda file and its lock file", () => {
    const files = [...readdirSync("docker"), "ci_dependencies.linux-64.lock"];
    expect([...new Set(files.filter(sees))].sort()).toEqual(["ci_dependencies.linux-64.lock", "ci_dependencies.yml"]);
  });

  test("another conda file that is put there, and its lock file", () => {
    expect(["tensorflow.yml", "tensorflow.linux-64.lock", "train.py", "data/table.yml"].filter(sees)).toEqual([
      "tensorflow.yml",
      "tensorflow.linux-64.lock",
    ]);
  });
});
