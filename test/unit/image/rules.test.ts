import { type CheckOptions, checkImage } from "../../../src/image/check";
import {
  condaEnvironment,
  debian,
  defaultPath,
  glibcText,
  goodImage,
  gzipLayer,
  type TestEntry,
  type TestImage,
} from "../support/image-files";
import { indexType, TestRegistry } from "../support/image-registry";

let registry: TestRegistry;
beforeEach(async () => {
  registry = await TestRegistry.start();
});
afterEach(() => registry.stop());

/** The rules that the image served under `latest` breaks: `rule: message`. */
async function brokenRules(options?: CheckOptions): Promise<string[]> {
  const broken = await checkImage(`${registry.host}/mlops/model:latest`, options);
  return broken.map(({ rule, message }) => `${rule}: ${message}`);
}

/** The rules that the good image breaks when it has another configuration, and more layers. */
async function brokenWith(config: TestImage["config"], ...layers: TestEntry[][]): Promise<string[]> {
  const good = await goodImage();
  const more = await Promise.all(layers.map(gzipLayer));
  registry.push({ ...good, config: { ...good.config, ...config }, layers: [...good.layers, ...more] });
  return brokenRules();
}

/** The rules that an image of these files breaks, with a conda environment in it. */
async function brokenOf(entries: TestEntry[], config: TestImage["config"] = {}): Promise<string[]> {
  const good = await goodImage();
  const [, environment] = good.layers;
  const layers = [await gzipLayer(entries), ...(environment ? [environment] : [])];
  registry.push({ layers, config: { ...good.config, ...config } });
  return brokenRules();
}

const without = (...patterns: RegExp[]) => debian.filter(({ path }) => !patterns.some((pattern) => pattern.test(path)));

test("an image that a job can run in breaks no rule", async () => {
  expect(await brokenWith({})).toEqual([]);
});

test("each rule that an image breaks is reported", async () => {
  registry.push({ layers: [await gzipLayer([])], config: { User: "1000", Entrypoint: ["/start"] } });
  const rules = (await brokenRules()).map((broken) => broken.split(":", 1)[0]);
  expect(rules).toEqual(["entrypoint", "user", "programs", "shell", "libc", "environment"]);
});

test("an image without any configuration breaks no rule about it", async () => {
  registry.push({ layers: [await gzipLayer([...debian, ...condaEnvironment("usr")])], config: null });
  expect(await brokenRules()).toEqual([]);
});

describe("entry point", () => {
  test("an ENTRYPOINT is a broken rule", async () => {
    expect(await brokenWith({ Entrypoint: ["/usr/local/bin/_entrypoint.sh"] })).toEqual([
      expect.stringContaining('entrypoint: the image has the ENTRYPOINT ["/usr/local/bin/_entrypoint.sh"]'),
    ]);
  });

  test.each([[[]], [null]])("%j is none", async (Entrypoint) => {
    expect(await brokenWith({ Entrypoint })).toEqual([]);
  });
});

describe("Node", () => {
  const label = (path: string) => ({ Labels: { "com.azure.dev.pipelines.agent.handler.node.path": path } });
  const node: TestEntry[] = [{ path: "opt/node/bin/node" }];

  test("the image's own is there, where its label says", async () => {
    expect(await brokenWith(label("/opt/node/bin/node"), node)).toEqual([]);
    for (const path of ["/usr/bin/node", "node", "/opt/node/bin"]) {
      expect(await brokenWith(label(path), node)).toEqual([
        expect.stringContaining(`handler.node.path is "${path}", and there is no program there`),
      ]);
    }
    expect(await brokenWith(label("/opt/node/bin/node"), [{ path: "opt/node/bin/node", mode: 0o700 }])).toHaveLength(1);
  });

  test("an empty label names none", async () => {
    expect(await brokenWith(label(""))).toEqual([]);
  });

  test.each([
    ["libstdc++.so.6.0.24", 1],
    ["libstdc++.so.6.0.33", 0],
  ])("the agent's would load the %s of LD_LIBRARY_PATH", async (library, count) => {
    const variables = { Env: [`PATH=/opt/environment/bin:${defaultPath}`, "LD_LIBRARY_PATH=/nothing:/opt/old/lib"] };
    const old = [{ path: `opt/old/lib/${library}` }, { path: "opt/old/lib/libstdc++.so.6", link: library }];
    const broken = await brokenWith(variables, old);
    expect(broken).toHaveLength(count);
    if (count > 0) expect(broken[0]).toContain("node: the image's variable LD_LIBRARY_PATH has /opt/old/lib in it");
  });
});

test("the programs that a pipeline's steps run are there, for every user", async () => {
  const good = await goodImage();
  const programs = ["az", "sudo", "cat"].map((program) => ({ program, place: "ci.yml:7" }));
  const layer = await gzipLayer([{ path: "usr/bin/sudo", mode: 0o700 }]);
  registry.push({ ...good, layers: [...good.layers, layer] });
  expect(await brokenRules({ programs })).toEqual([
    expect.stringContaining("programs: ci.yml:7 runs az, and the image has no such program on its PATH"),
    expect.stringContaining("programs: ci.yml:7 runs sudo, and the image has no such program"),
  ]);
});

describe("PYTHONHOME", () => {
  test.each([
    ["/usr", 1],
    ["/nowhere", 1],
    ["/opt/environment", 0],
    ["", 0],
  ])("%j", async (home, count) => {
    const broken = await brokenWith({ Env: [`PATH=/opt/environment/bin:${defaultPath}`, `PYTHONHOME=${home}`] });
    expect(broken).toHaveLength(count);
    if (count > 0) expect(broken[0]).toContain(`environment: the image's variable PYTHONHOME is ${home}, and`);
  });
});

describe("user", () => {
  test.each(["", "root", "0", "root:root", "0:0", "0:1000", ":0", "admin", "admin:users", "00"])(
    "%j is root",
    async (User) => {
      expect(await brokenWith({ User })).toEqual([]);
    },
  );

  test.each([
    ["1000", "is 1000 and not root"],
    ["1000:0", "is 1000:0 and not root"],
    ["mamba", "is mamba, uid 1000, and not root"],
    ["mamba:root", "is mamba:root, uid 1000, and not root"],
    ["nobody", '"nobody" is not in its /etc/passwd'],
  ])("%j is not", async (User, message) => {
    expect(await brokenWith({ User })).toEqual([expect.stringContaining(`user: the image's user (USER) ${message}`)]);
  });

  test("a name means what the last layer's /etc/passwd says, through links", async () => {
    const passwd = [
      { path: "usr/etc/passwd", mode: 0o644, text: "mamba:x:0:0::/:\n" },
      { path: "etc/passwd", link: "../usr/etc/passwd" },
    ];
    expect(await brokenWith({ User: "mamba" }, passwd)).toEqual([]);
  });
});

describe("programs", () => {
  test("those that the agent needs and the image lacks are named", async () => {
    expect(await brokenOf(without(/useradd|groupadd/))).toEqual([
      expect.stringContaining(
        "programs: the agent prepares a job's container with useradd, groupadd, and the image has",
      ),
    ]);
  });

  test("those that nobody may execute, or that are not on the PATH, do not count", async () => {
    const image = [...without(/getent/), { path: "usr/bin/getent", mode: 0o644 }, { path: "opt/getent" }];
    expect(await brokenOf(image)).toEqual([expect.stringContaining("container with getent, and")]);
  });
});

describe("shell", () => {
  test("no bash is a broken rule", async () => {
    expect(await brokenOf(without(/bash/))).toEqual([
      expect.stringContaining("shell: there is no bash that can be run on the image's PATH (/opt/environment/bin:/usr"),
    ]);
  });

  test("a bash that a later layer removes is none", async () => {
    expect(await brokenWith({}, [{ path: "usr/bin/.wh.bash" }])).toEqual([
      expect.stringContaining("shell: there is no"),
    ]);
  });

  test("a bash that links lead to in circles is none", async () => {
    const circle = [
      { path: "usr/bin/bash", link: "bash2" },
      { path: "usr/bin/bash2", link: "/bin/bash" },
    ];
    expect(await brokenWith({}, circle)).toEqual([expect.stringContaining("shell: there is no")]);
  });

  test("a bash for root alone is a broken rule", async () => {
    expect(await brokenWith({}, [{ path: "usr/bin/bash", mode: 0o700 }])).toEqual([
      expect.stringContaining("shell: /usr/bin/bash may not be run by every user"),
    ]);
  });

  test("a bash anywhere on the image's PATH will do, and one beside it will not", async () => {
    const moved = [...without(/bash/), { path: "opt/tools/bash" }];
    const Env = [`PATH=/opt/environment/bin:${defaultPath}:/opt/tools`];
    expect(await brokenOf(moved, { Env })).toEqual([]);
    expect(await brokenOf(moved)).toEqual([expect.stringContaining("shell: ")]);
  });
});

describe("C library", () => {
  const libc = /libc\.so\.6/;
  const library = (version: string): TestEntry => ({
    path: "usr/lib/x86_64-linux-gnu/libc.so.6",
    text: glibcText(version),
  });

  test("musl is a broken rule with its name", async () => {
    const alpine = [...without(libc, /ld-linux/, /libstdc/), { path: "usr/lib/ld-musl-x86_64.so.1" }];
    expect(await brokenOf(alpine)).toEqual([
      expect.stringContaining("libc: the image has the C library musl (/lib/ld-musl-x86_64.so.1)"),
    ]);
  });

  test("musl beside glibc is none", async () => {
    expect(await brokenWith({}, [{ path: "usr/lib/ld-musl-x86_64.so.1" }])).toEqual([]);
  });

  test.each([
    ["no libc.so.6", libc, "no glibc: there is no libc.so.6"],
    ["no loader", /ld-linux/, "no glibc: there is no /lib64/ld-linux-x86-64.so.2"],
    ["a loader that leads nowhere", /gnu\/ld-linux/, "no glibc: there is no /lib64/ld-linux-x86-64.so.2"],
  ])("%s is a broken rule", async (_, missing, message) => {
    expect(await brokenOf(without(missing))).toEqual([expect.stringContaining(`libc: the image has ${message}`)]);
  });

  test("a loader without the right to run will do: the kernel alone reads it", async () => {
    const path = "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2";
    expect(await brokenWith({}, [{ path, mode: 0o644 }])).toEqual([]);
  });

  test.each(["2.28", "2.31", "2.100", "3.0"])("glibc %s is new enough", async (version) => {
    expect(await brokenOf([...without(libc), library(version)])).toEqual([]);
  });

  test.each(["2.27", "2.17", "2.3"])("glibc %s is too old", async (version) => {
    expect(await brokenOf([...without(libc), library(version)])).toEqual([
      expect.stringContaining(`libc: the image's glibc is ${version}, older than 2.28`),
    ]);
  });

  test("glibc's version is found where libc.so.6 is a link, as it was once", async () => {
    const old = [
      { path: "usr/lib/x86_64-linux-gnu/libc-2.24.so", text: glibcText("2.24") },
      { path: "usr/lib/x86_64-linux-gnu/libc.so.6", link: "libc-2.24.so" },
    ];
    expect(await brokenOf([...without(libc), ...old])).toEqual([expect.stringContaining("glibc is 2.24, older")]);
  });

  test("a libc.so.6 that says no version is a broken rule", async () => {
    const nameless = { path: "usr/lib/x86_64-linux-gnu/libc.so.6", text: "something else" };
    expect(await brokenOf([...without(libc), nameless])).toEqual([
      expect.stringContaining("libc: /usr/lib/x86_64-linux-gnu/libc.so.6 is no glibc whose version could be read"),
    ]);
  });

  test("the environment's own libstdc++ does not count: the agent's Node does not find it", async () => {
    expect(await brokenOf(without(/libstdc/))).toEqual([
      expect.stringContaining("libc: there is no libstdc++.so.6 in the image's library folders"),
    ]);
  });

  test("Red Hat's folders are searched", async () => {
    const redHat = without(/x86_64-linux-gnu|ld-linux/).concat(
      { path: "usr/lib64/libc.so.6", text: glibcText("2.28") },
      { path: "usr/lib64/ld-linux-x86-64.so.2" },
      { path: "usr/lib64/libstdc++.so.6", mode: 0o644 },
    );
    expect(await brokenOf(redHat)).toEqual([]);
  });
});

describe("environment", () => {
  const Env = (path: string) => ({ Env: [`PATH=${path}`] });

  test("no conda environment is a broken rule, whatever python there is", async () => {
    registry.push({ layers: [await gzipLayer([...debian, { path: "usr/bin/python" }])] });
    expect(await brokenRules()).toEqual([
      expect.stringMatching(/^environment: the image has no conda environment .*"ModuleNotFoundError"/),
    ]);
  });

  test.each([
    [
      "a package cache",
      [{ path: "opt/conda/pkgs/python-3.11/info/x", mode: 0o644 }, { path: "opt/conda/pkgs/python-3.11/bin/python" }],
    ],
    ["an empty root prefix", [{ path: "opt/conda/conda-meta/history", mode: 0o644 }]],
    ["a virtual environment", [{ path: "opt/venv/pyvenv.cfg", mode: 0o644 }, { path: "opt/venv/bin/python" }]],
  ])("%s is no conda environment", async (_, entries) => {
    registry.push({ layers: [await gzipLayer([...debian, ...entries])] });
    expect(await brokenRules()).toEqual([expect.stringContaining("environment: the image has no conda environment")]);
  });

  test.each([
    ["alone", []],
    ["with another python", [{ path: "usr/bin/python" }]],
  ])("one that is not on the PATH is a broken rule, %s", async (_, entries) => {
    expect(await brokenWith(Env(defaultPath), entries)).toEqual([
      expect.stringMatching(
        /^environment: the conda environment \/opt\/environment is not on the image's PATH \(.*\)\. .*"ModuleNotFoundError"\. Put `ENV PATH=\/opt\/environment\/bin:\$PATH`/,
      ),
    ]);
  });

  test("an image without a PATH has Docker's own", async () => {
    expect(await brokenWith({ Env: [] })).toEqual([
      expect.stringContaining(`is not on the image's PATH (${defaultPath})`),
    ]);
  });

  test("one behind another python on the PATH is a broken rule", async () => {
    const path = `${defaultPath}:/opt/environment/bin`;
    expect(
      await brokenWith(Env(path), [{ path: "usr/bin/python", link: "python3.11" }, { path: "usr/bin/python3.11" }]),
    ).toEqual([
      expect.stringMatching(
        /^environment: `python` is \/usr\/bin\/python and not the conda environment's \/opt\/environment\/bin\/python, because \/usr\/bin is before .*"ModuleNotFoundError"/,
      ),
    ]);
  });

  test("one behind folders without a python is the first", async () => {
    expect(await brokenWith(Env(`${defaultPath}:/opt/environment/bin/`))).toEqual([]);
  });

  test("a link on the PATH to the environment's python is the environment's", async () => {
    expect(
      await brokenWith(Env(defaultPath), [{ path: "usr/bin/python", link: "/opt/environment/bin/python" }]),
    ).toEqual([]);
  });

  test("a virtual environment over the environment's python is another python", async () => {
    const venv = [
      { path: "opt/venv/pyvenv.cfg", mode: 0o644, text: "home = /opt/environment/bin" },
      { path: "opt/venv/bin/python", link: "/opt/environment/bin/python" },
    ];
    expect(await brokenWith(Env(`/opt/venv/bin:/opt/environment/bin:${defaultPath}`), venv)).toEqual([
      expect.stringContaining("environment: `python` is /opt/venv/bin/python and not"),
    ]);
  });

  test("an environment that is a virtual environment itself is the environment", async () => {
    const own = [{ path: "opt/environment/pyvenv.cfg", mode: 0o644, text: "home = /usr/bin" }];
    expect(await brokenWith({}, own)).toEqual([]);
  });

  test("any of several will do, and a link to one on the PATH too", async () => {
    const second = [...condaEnvironment("opt/other"), { path: "opt/current", link: "other" }];
    expect(await brokenWith(Env(`/opt/current/bin:${defaultPath}`), second)).toEqual([]);
    expect(await brokenWith(Env(defaultPath), second)).toEqual([
      expect.stringContaining("the conda environment /opt/environment, /opt/other is not on"),
    ]);
  });

  test("one below a folder of root's own is a broken rule: steps run as another user", async () => {
    const closed = [{ path: "root/", mode: 0o700, directory: true as const }, ...condaEnvironment("root/environment")];
    expect(await brokenWith(Env(`/root/environment/bin:${defaultPath}`), closed)).toEqual([
      expect.stringContaining("environment: /root/environment/bin/python3.11 may not be run by every user"),
    ]);
  });

  test("one that a later layer removes is none", async () => {
    expect(await brokenWith({}, [{ path: "opt/.wh.environment" }])).toEqual([
      expect.stringContaining("environment: the image has no conda environment"),
    ]);
  });
});

describe("platform", () => {
  /** Serves a list of platforms: the good image for linux/amd64 if that is one of them. */
  async function pushIndex(...names: string[]): Promise<void> {
    const good = await goodImage();
    const manifests = names.map((name) => {
      const [os = "", architecture = "", variant] = name.split("/");
      const platform = { os, architecture, variant };
      return {
        ...registry.push({ ...good, ...(os === "unknown" ? {} : platform) }, name.replaceAll("/", "-")),
        platform,
      };
    });
    registry.pushManifest("latest", indexType, { schemaVersion: 2, mediaType: indexType, manifests });
  }

  test("the image of another architecture is a broken rule, and no others are looked at", async () => {
    registry.push({ layers: [], architecture: "arm64", variant: "v8", config: { Entrypoint: ["x"] } });
    expect(await brokenRules()).toEqual([
      expect.stringContaining("platform: the image is for linux/arm64/v8 and not for linux/amd64, which jobs run on"),
    ]);
  });

  test("a Windows image is one of another platform", async () => {
    registry.push({ layers: [], os: "windows" });
    expect(await brokenRules()).toEqual([expect.stringContaining("the image is for windows/amd64 and not")]);
  });

  test("of a list of platforms the right one is checked", async () => {
    await pushIndex("unknown/unknown", "linux/arm64/v8", "linux/amd64");
    expect(await brokenRules()).toEqual([]);
  });

  test("a list without it is a broken rule that says what there is, without attestations", async () => {
    await pushIndex("linux/arm64", "unknown/unknown", "linux/arm/v7");
    expect(await brokenRules()).toEqual([
      expect.stringContaining("platform: the image is for linux/arm64, linux/arm/v7 and not for linux/amd64"),
    ]);
  });

  test("another platform can be asked for, and has files of its own", async () => {
    await pushIndex("linux/amd64", "linux/arm64");
    const options = { platform: "linux/arm64" } as const;
    expect(await brokenRules(options)).toEqual([
      expect.stringContaining("libc: the image has no glibc"), // the files are amd64's
    ]);
    const arm = debian.map((entry) => ({ ...entry, path: entry.path.replace("x86_64", "aarch64") }));
    const loader = { path: "usr/lib/ld-linux-aarch64.so.1" };
    const good = await goodImage();
    const layers = [await gzipLayer([...arm, loader, ...condaEnvironment("opt/environment")])];
    registry.push({ ...good, layers, architecture: "arm64" });
    expect(await brokenRules(options)).toEqual([]);
  });
});
