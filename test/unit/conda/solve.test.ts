import type { CondaFile } from "../../../src/conda/conda-file";
import type { Finding } from "../../../src/conda/finding";
import { readCondaFile } from "../../../src/conda/read-conda-file";
import { channelUrls } from "../../../src/conda/solve/channels";
import { compareSolutions } from "../../../src/conda/solve/compare-solutions";
import { findPipOffers } from "../../../src/conda/solve/pip-offers";
import type { SolvedPackage } from "../../../src/conda/solve/rattler";
import { type SolveOptions, solveFile } from "../../../src/conda/solve/solve";
import { type Behaviour, type ChannelPackage, CondaChannel } from "../support/conda-channel";

const platform = "linux-64";

const packages: ChannelPackage[] = [
  { name: "python", version: "3.11.4", subdir: platform, depends: ["__glibc >=2.17,<3.0.a0", "libc", "__unix"] },
  { name: "python", version: "3.12.1", subdir: platform, depends: ["__glibc >=2.17,<3.0.a0", "libc", "__unix"] },
  { name: "python", version: "3.12.1", subdir: "linux-aarch64", depends: ["libc"] },
  { name: "libc", version: "2", subdir: platform },
  { name: "libc", version: "2", subdir: "linux-aarch64" },
  { name: "numpy", version: "1.26.4", build: "cpu", depends: ["python >=3.11"] },
  { name: "numpy", version: "1.26.4", build: "cuda", depends: ["python >=3.11", "__cuda"] },
  { name: "numpy", version: "2.0.0", depends: ["python >=3.11"] },
  { name: "old-model", version: "1.0", depends: ["numpy <2"] },
  { name: "new-model", version: "1.0", depends: ["numpy >=2"] },
  { name: "fast", version: "1.0", depends: ["__archspec 1 x86_64"] },
  { name: "kernel", version: "1.0", depends: ["__linux >=3.10"] },
  { name: "windows-only", version: "1.0", depends: ["__win"] },
  { name: "newest-glibc", version: "1.0", depends: ["__glibc >=2.99"] },
  { name: "pip", version: "25.0" },
  { name: "shared", version: "1.0" },
  { name: "tool", version: "1.0", depends: ["shared"] },
  { name: "mislaid", version: "1.0", subdir: platform, recordedFor: "osx-64" },
];

const otherPackages: ChannelPackage[] = [
  { name: "shared", version: "2.0", depends: ["helper"] },
  { name: "shared", version: "3.0", depends: ["python <3.12"] },
  { name: "helper", version: "1.0" },
  { name: "private-tool", version: "1.0", depends: ["numpy"] },
];

let main: CondaChannel;
let other: CondaChannel;
beforeAll(async () => {
  main = await CondaChannel.start(packages);
  other = await CondaChannel.start(otherPackages);
});
afterEach(() => {
  main.heal();
  other.heal();
});
afterAll(() => Promise.all([main.close(), other.close()]));

/** A conda file with entries of these channels; `MAIN` and `OTHER` in them stand for the channels' URLs. */
async function fileOf(dependencies: string[], channels = ["MAIN"], pip: string[] = [], path = "docker/ci.yml") {
  const lines = [
    "channels:",
    ...channels.map((name) => `  - ${name}`),
    "dependencies:",
    ...dependencies.map((entry) => `  - ${entry}`),
    ...(pip.length === 0 ? [] : ["  - pip:", ...pip.map((entry) => `      - ${entry}`)]),
  ];
  const text = lines.join("\n").replaceAll("MAIN", main.url).replaceAll("OTHER", other.url);
  const { file } = readCondaFile(path, text);
  if (file === undefined) throw new Error("the test's file cannot be read");
  return file;
}

async function solved(file: CondaFile, options: Partial<SolveOptions> = {}): Promise<SolvedPackage[]> {
  const result = await solveFile(file, { platform, ...options });
  if (result.packages === undefined) throw new Error(result.findings.map(({ message }) => message).join("\n"));
  return result.packages;
}

async function refused(file: CondaFile, options: Partial<SolveOptions> = {}): Promise<Finding[]> {
  const { findings = [] } = await solveFile(file, { platform, ...options });
  expect(findings).not.toEqual([]);
  return findings;
}

function versionsOf(solution: SolvedPackage[]): Record<string, string> {
  return Object.fromEntries(solution.map(({ name, version }) => [name, version]));
}

describe("a solution", () => {
  it("has each package in the newest version that fits, and what it depends on", async () => {
    const solution = await solved(await fileOf(["python", "numpy"]));
    expect(versionsOf(solution)).toEqual({ python: "3.12.1", numpy: "2.0.0", libc: "2" });
  });

  it("says where a package is, with its hashes", async () => {
    expect(await solved(await fileOf(["libc"]))).toEqual([
      {
        name: "libc",
        version: "2",
        build: "0",
        subdir: platform,
        url: `${main.url}/${platform}/libc-2-0.conda`,
        sha256: expect.stringMatching(/^[\da-f]{64}$/),
        md5: expect.stringMatching(/^[\da-f]{32}$/),
        depends: [],
      },
    ]);
  });

  test.each([
    ["python=3.11", { python: "3.11.4" }],
    ["python 3.11.*", { python: "3.11.4" }],
    ["numpy=1.26.4=cpu", { numpy: "1.26.4" }],
    ["\"numpy[version='<2']\"", { numpy: "1.26.4" }],
    ["numpy>=1.20,<2.0", { numpy: "1.26.4" }],
    ["numpy 1.26.*|1.25.*", { numpy: "1.26.4" }],
  ])("keeps to %s", async (entry, expected) => {
    expect(versionsOf(await solved(await fileOf([entry])))).toMatchObject(expected);
  });

  it("is one for the platform", async () => {
    const solution = await solved(await fileOf(["python"]), { platform: "linux-aarch64" });
    expect(solution.map(({ subdir }) => subdir)).toEqual(["linux-aarch64", "linux-aarch64"]);
  });

  it("leaves pip's packages to pip, which it has for that, listed or not", async () => {
    const solution = await solved(await fileOf(["libc"], ["MAIN"], ["nowhere==1"]));
    expect(versionsOf(solution)).toEqual({ libc: "2", pip: "25.0" });
  });

  it("is made for a machine with glibc and Linux, and does not contain them", async () => {
    const solution = await solved(await fileOf(["python", "fast", "kernel"]));
    expect(solution.map(({ name }) => name).sort()).toEqual(["fast", "kernel", "libc", "python"]);
  });

  test.each(["windows-only", "newest-glibc", "numpy=1.26.4=cuda"])(
    "is not made for a machine of another kind: %s",
    async (entry) => {
      expect(await refused(await fileOf([entry]))).toMatchObject([{ rule: "unsolvable" }]);
    },
  );

  it("is found for 5,000 packages", async () => {
    const names = Array.from({ length: 5000 }, (_, index) => `package-${index}`);
    const large = await CondaChannel.start(names.map((name) => ({ name, version: "1.0" })));
    const solution = await solved(await fileOf(names, [large.url]));
    await large.close();
    expect(solution).toHaveLength(5000);
  }, 60_000);
});

describe("the channels of a file", () => {
  test.each([
    [["MAIN", "OTHER"], "1.0"],
    [["OTHER", "MAIN"], "3.0"],
    [["MAIN", "OTHER", "nodefaults"], "1.0"],
  ])("are asked in their order, newer versions or not: %s", async (channels, version) => {
    expect(versionsOf(await solved(await fileOf(["shared", "python=3.11"], channels)))).toMatchObject({
      shared: version,
    });
  });

  it("give a package that names its channel from there, and all others in the channels' order", async () => {
    const file = await fileOf(["OTHER::shared=2.0", "tool"], ["MAIN", "OTHER"]);
    const solution = await solved(file);
    expect(solution.map(({ url }) => url).sort()).toEqual(
      [
        `${main.url}/noarch/tool-1.0-0.conda`,
        `${other.url}/noarch/helper-1.0-0.conda`,
        `${other.url}/noarch/shared-2.0-0.conda`,
      ].sort(),
    );
  });

  it("include one that only a package names, behind all others", async () => {
    const solution = await solved(await fileOf(["OTHER::private-tool", "shared", "python=3.11"], ["MAIN"]));
    expect(versionsOf(solution)).toMatchObject({ "private-tool": "1.0", shared: "1.0" });
  });

  it("do not give a package that names a channel from another one", async () => {
    const file = await fileOf(["MAIN::numpy", "OTHER::tool"], ["MAIN", "OTHER"]);
    expect(await refused(file)).toMatchObject([{ rule: "unsolvable", package: "tool", line: 6 }]);
  });

  it("are conda-forge's replacement where they are conda-forge", async () => {
    const file = await fileOf(["conda-forge::shared", "python"], ["conda-forge"]);
    const solution = await solved(file, { condaChannel: main.url });
    expect(versionsOf(solution)).toMatchObject({ shared: "1.0", python: "3.12.1" });
  });

  test.each([
    ["./channel", "neither a name nor an http\\(s\\) URL"],
    ["file:///channel", "neither a name nor an http\\(s\\) URL"],
    ["ftp://example.com/channel", "neither a name nor an http\\(s\\) URL"],
    ["https://user:swordfish@example.com/channel", "on example.com holds a credential"],
    ["https://example.com/t/swordfish/channel", "on example.com holds a credential"],
    ["https://example.com/channel?token=swordfish", "on example.com goes on behind its path"],
    ["'https://example.com/channel#swordfish'", "on example.com goes on behind its path"],
  ])("are refused where packages cannot be had from: %s", async (name, reason) => {
    const findings = await refused(await fileOf(["libc"], [name]));
    expect(findings).toMatchObject([{ rule: "channel", file: "docker/ci.yml", line: 2 }]);
    expect(findings[0]?.message).toMatch(new RegExp(reason));
    expect(JSON.stringify(findings)).not.toContain("swordfish");
  });

  test.each([
    ["in capital letters", (url: string) => url.replace("http", "HTTP")],
    ["with a detour", (url: string) => url.replace("/channel", "/elsewhere/../channel")],
    ["with slashes at its end", (url: string) => `${url}//`],
  ])("may be written %s", async (_how, write) => {
    const solution = await solved(await fileOf(["libc"], [write(main.url)]));
    expect(solution.map(({ url }) => url)).toEqual([`${main.url}/${platform}/libc-2-0.conda`]);
  });

  it("are conda's own where they are `defaults`, or that takes conda-forge's place", () => {
    expect(channelUrls("defaults")).toEqual([
      expect.stringContaining("/pkgs/main"),
      expect.stringContaining("/pkgs/r"),
    ]);
    expect(channelUrls("conda-forge", "defaults")).toEqual(channelUrls("defaults"));
  });

  it("have to be named", async () => {
    const file = { ...(await fileOf(["libc"])), channels: [] };
    expect(await refused(file)).toMatchObject([{ rule: "channel", message: expect.stringContaining("no channel") }]);
  });
});

describe("a file without a solution", () => {
  it("is told both sides of a conflict", async () => {
    const [finding, ...more] = await refused(await fileOf(["libc", "old-model", "new-model"]));
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ rule: "unsolvable", file: "docker/ci.yml", line: 5, package: "old-model" });
    expect(finding?.message).toMatch(/linux-64/);
    expect(finding?.message).toMatch(/old-model 1\.0 would require[\s\S]*numpy <2/);
    expect(finding?.message).toMatch(/new-model 1\.0 would require[\s\S]*numpy >=2/);
  });

  it("is told what it asks for itself, where that rules out what another package needs", async () => {
    const [finding] = await refused(await fileOf(["libc", "old-model", "numpy=2.0.0"]));
    expect(finding).toMatchObject({ rule: "unsolvable", line: 5, package: "old-model" });
    expect(finding?.message).toMatch(/old-model 1\.0 would require[\s\S]*numpy <2/);
    expect(finding?.message).toContain("the file asks for old-model (line 5), numpy=2.0.0 (line 6).");
  });

  test.each([
    ["nowhere", "nowhere \\*"],
    ["numpy=3", "numpy 3\\.\\*"],
    ["numpy=2.0.0=mkl*", "numpy ==2\\.0\\.0 mkl\\*"],
  ])("is told which package the channels do not have: %s", async (entry, shown) => {
    const [finding] = await refused(await fileOf(["libc", entry]));
    expect(finding).toMatchObject({ rule: "unsolvable", line: 5, package: entry.split("=")[0] });
    expect(finding?.message).toMatch(new RegExp(`No candidates were found for ${shown}`));
  });

  it("is told which channel has nothing for the platform", async () => {
    const [finding] = await refused(await fileOf(["private-thing"], ["MAIN", "OTHER"]), { platform: "linux-aarch64" });
    other.behave("linux-aarch64", { status: 404 });
    const [second] = await refused(await fileOf(["private-thing"], ["MAIN", "OTHER"]), { platform: "linux-aarch64" });
    expect(finding?.message).not.toContain("at all");
    expect(second?.message).toContain(`${other.url} has no packages for linux-aarch64 at all`);
  });
});

describe("a broken channel", () => {
  const halfZst = Buffer.from("28b52ffd0458", "hex");
  const cases: [string, Behaviour, RegExp][] = [
    ["answers 403", { status: 403 }, /answers with HTTP 403/],
    ["answers 500", { status: 500 }, /answers with HTTP 500/],
    ["answers 404", { status: 404 }, /has no \S+\/repodata\.json/],
    ["closes the connection", "reset", /cannot be reached: \S+/],
    ["sends half", "half", /breaks off before its end/],
    ["asks for a proxy's password", { status: 407 }, /cannot be reached: \w+/],
    ["sends nothing", { body: "" }, /is not JSON: it is empty/],
    ["sends a page", { body: "<html>sign in</html>" }, /is not JSON: it begins with "<html>/],
    ["sends half as if it were whole", { body: '{"packages":{"a' }, /is not JSON/],
    ["sends null", { body: "null" }, /not the list of a channel's packages/],
    ["sends a list", { body: "[]" }, /not the list of a channel's packages/],
    ["sends an error in JSON", { body: '{"error":"no"}' }, /not the list of a channel's packages/],
    ["sends nothing of use", { body: "{}" }, /not the list of a channel's packages/],
    ["sends packages in a list", { body: '{"packages":[]}' }, /not the list of a channel's packages/],
    [
      "sends a page for everything",
      { body: "<html>", as: "repodata_shards.msgpack.zst" },
      /zst is not what .*"<html>"/,
    ],
    ["sends what is not compressed", { body: "{}", as: "repodata.json.zst" }, /zst is not what its name says: .*"{}"/],
    ["sends an empty file", { body: "", as: "repodata.json.bz2" }, /bz2 is not what its name says: it is empty/],
    ["sends half a compressed file", { body: halfZst, as: "repodata.json.zst" }, /has metadata .* that cannot be read/],
    ["sends a package without a version", { body: '{"packages":{"python-1-0.tar.bz2":{}}}' }, /cannot be read/],
  ];
  const folders = ["noarch", platform];
  const all = folders.flatMap((folder) => cases.map((one): [string, ...typeof one] => [folder, ...one]));

  test.each(all)("in %s that %s is named, with its URL and the reason", async (folder, _what, behaviour, reason) => {
    main.behave(folder, behaviour);
    const findings = await refused(await fileOf(["python"]));
    expect(findings).toMatchObject([{ rule: "channel", file: "docker/ci.yml", line: 2 }]);
    expect(findings[0]?.message).toContain(`channel ${main.url}: ${main.url}`);
    expect(findings[0]?.message).toMatch(reason);
  });

  test.each<[Behaviour, string]>([
    ["hang", "noarch"],
    ["half, then nothing", platform],
  ])("that does not end its answer is given up at the time limit: %s", async (behaviour, folder) => {
    main.behave(folder, behaviour);
    const findings = await refused(await fileOf(["python"]), { timeout: 3000 });
    expect(findings[0]).toMatchObject({ rule: "channel", line: 2 });
    expect(findings[0]?.message).toContain(`${main.url}/${folder}`);
    expect(findings[0]?.message).toContain("has not answered in full after 3 s");
  });

  it("that has a package of another platform in a platform's folder is named, with the package", async () => {
    const findings = await refused(await fileOf(["libc", "mislaid"]));
    expect(findings).toMatchObject([{ rule: "channel", line: 2 }]);
    expect(findings[0]?.message).toContain(`${main.url}/linux-64/mislaid-1.0-0.conda is a package for osx-64`);
  });

  it("that has its packages somewhere else is named, with the place: a lock has packages of the channels alone", async () => {
    const record = { name: "a", version: "1", build: "0", build_number: 0, depends: [], size: 1, subdir: "noarch" };
    const info = { subdir: "noarch", base_url: "http://elsewhere.example/packages/" };
    main.behave("noarch", { body: JSON.stringify({ info, packages: { "a-1-0.tar.bz2": record } }) });
    const findings = await refused(await fileOf(["a"]));
    expect(findings).toMatchObject([{ rule: "channel", line: 2 }]);
    expect(findings[0]?.message).toContain("has a somewhere else, at http://elsewhere.example/packages/a-1-0.tar.bz2");
  });

  it("that fails altogether is named once", async () => {
    for (const folder of ["noarch", platform]) main.behave(folder, "hang");
    expect(await refused(await fileOf(["python"]), { timeout: 3000 })).toMatchObject([{ rule: "channel", line: 2 }]);
  });

  it("is told from the others", async () => {
    other.behave("noarch", { body: "{}" });
    const findings = await refused(await fileOf(["shared"], ["MAIN", "OTHER"]));
    expect(findings).toMatchObject([{ rule: "channel", line: 3, message: expect.stringContaining(other.url) }]);
  });

  it("that nobody serves is named", async () => {
    const closed = await CondaChannel.start([]);
    await closed.close();
    const findings = await refused(await fileOf(["python"], [closed.url]));
    expect(findings).toMatchObject([{ rule: "channel", line: 2 }]);
    expect(findings[0]?.message).toMatch(/cannot be reached: .*ECONNREFUSED/);
  });

  it("is one that only a package names, too", async () => {
    other.behave("noarch", { status: 500 });
    const findings = await refused(await fileOf(["python", "OTHER::shared"]));
    expect(findings).toMatchObject([{ rule: "channel", line: 5 }]);
  });
});

describe("the comparison of solutions", () => {
  async function compared(ci: string[], training: string[]): Promise<Finding[]> {
    const sides = [await fileOf(ci), await fileOf(training, ["MAIN"], [], "docker/training.yml")];
    const [own, theirs] = await Promise.all(
      sides.map(async (file) => ({ file, platform, packages: await solved(file) })),
    );
    if (own === undefined || theirs === undefined) throw new Error("no solution");
    return compareSolutions([own, theirs]);
  }

  it("finds a listed package in another version, in both files", async () => {
    expect(await compared(["libc", "numpy"], ["numpy=1.26"])).toEqual([
      {
        rule: "solution",
        file: "docker/ci.yml",
        line: 5,
        package: "numpy",
        message:
          "on linux-64, numpy is solved to 2.0.0 here and to 1.26.4 in docker/training.yml: " +
          "pin one version in both, for example numpy=1.26.4",
        related: { file: "docker/training.yml", line: 4 },
      },
    ]);
  });

  it("finds a package that nobody lists, and says which package needs it", async () => {
    const findings = await compared(["libc", "new-model"], ["old-model"]);
    expect(findings).toMatchObject([{ package: "numpy", line: 5, related: { line: 4 } }]);
    expect(findings[0]?.message).toContain("numpy (which new-model needs)");
  });

  it("finds nothing in equal versions, and in packages that one of them has alone", async () => {
    expect(await compared(["python=3.11", "numpy", "tool"], ["python=3.11", "numpy", "fast"])).toEqual([]);
  });

  it("is one between solutions for the same platform", async () => {
    const [own, theirs] = [await fileOf(["numpy"]), await fileOf(["numpy=1.26"])];
    const ci = { file: own, platform, packages: await solved(own) };
    const elsewhere = { file: theirs, platform: "linux-aarch64", packages: await solved(theirs) };
    expect(compareSolutions([ci, elsewhere])).toEqual([]);
  });

  it("takes 1.0 and 1.00 for one version", async () => {
    const file = await fileOf(["shared"]);
    const [shared] = await solved(file);
    if (shared === undefined) throw new Error("no solution");
    const ci = { file, platform, packages: [shared] };
    expect(compareSolutions([ci, { ...ci, packages: [{ ...shared, version: "1.00" }] }])).toEqual([]);
    expect(compareSolutions([ci, { ...ci, packages: [{ ...shared, version: "1.01" }] }])).toHaveLength(1);
  });
});

describe("pip packages that the channels offer", () => {
  const names: Record<string, string[]> = { torch: ["pytorch", "numpy"], "old-model": ["old-model"] };
  const namesOf = (project: string) => names[project] ?? [project];
  async function offers(pip: string[], dependencies = ["python=3.11"]) {
    return findPipOffers(await fileOf(dependencies, ["MAIN"], pip), namesOf, { platform });
  }

  it("are found, with the version that the channels have", async () => {
    const { findings, notes } = await offers(["numpy==1.26.4", "nowhere", "shared"]);
    expect(notes).toEqual([]);
    expect(findings).toMatchObject([
      { rule: "pip", file: "docker/ci.yml", line: 6, package: "numpy" },
      { rule: "pip", line: 8, package: "shared" },
    ]);
    expect(findings[0]?.message).toMatch(/numpy==1\.26\.4 comes from pip, and the channels .* offer numpy 1\.26\.4/);
  });

  test.each(["numpy", "numpy>=1.20,<2", "numpy~=1.26.0", "numpy==2.*", "numpy!=2.0.0", "NumPy[extra]>=2"])(
    "are found for %s",
    async (requirement) => {
      expect((await offers([requirement])).findings).toMatchObject([{ package: "numpy" }]);
    },
  );

  it("are found under any of their names", async () => {
    const { findings } = await offers(["torch"]);
    expect(findings).toMatchObject([{ package: "torch", message: expect.stringContaining("offer numpy 2.0.0") }]);
  });

  it("are noted in versions that the file does not accept", async () => {
    const { findings, notes } = await offers(["numpy==1.19.5", "shared"]);
    expect(findings).toMatchObject([{ package: "shared" }]);
    expect(notes).toEqual([
      expect.stringMatching(/^docker\/ci\.yml:6: numpy==1\.19\.5 comes from pip.*numpy 2\.0\.0 at most/),
    ]);
  });

  it("are found although they cannot be installed together", async () => {
    const { findings } = await offers(["old-model", "new-model"]);
    expect(findings).toMatchObject([{ package: "old-model" }, { package: "new-model" }]);
  });

  test.each([
    ["come from a URL", ["numpy @ https://example.com/numpy-2.0.0-py3-none-any.whl"], ["python"]],
    ["are not there for the file's Python", ["numpy"], ["python=3.10"]],
    ["are not there", ["nowhere"], ["python"]],
  ])("are none if they %s", async (_why, pip, dependencies) => {
    expect(await offers(pip, dependencies)).toEqual({ findings: [], notes: [] });
  });

  it("are not guessed where the channel is broken", async () => {
    main.behave("noarch", { status: 500 });
    const { findings, notes } = await offers(["numpy", "shared"]);
    expect(notes).toEqual([]);
    expect(findings).toMatchObject([{ rule: "channel", message: expect.stringContaining("HTTP 500") }]);
  });

  it("cost no request where the file has none", async () => {
    expect(await offers([])).toEqual({ findings: [], notes: [] });
    expect(main.requests).toEqual([]);
  });
});
