import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { directDependencies, requiredPlugins } from "../../../../local-cloud/toolchain/node/installed";
import { formatConfig, readOptions, splitShellWords } from "../../../../local-cloud/toolchain/node/options";

describe("the runtime options in Pulumi.yaml", () => {
  test("compile TypeScript unless they say otherwise", () => {
    expect(readOptions({})).toEqual({ typescript: true, tsconfig: undefined, nodeArguments: [] });
    expect(readOptions({ typescript: false, nodeargs: "--import tsx", tsconfig: "a.json" })).toEqual({
      typescript: false,
      tsconfig: "a.json",
      nodeArguments: ["--import", "tsx"],
    });
  });

  test("of the wrong type are refused by name", () => {
    expect(() => readOptions({ typescript: "no" })).toThrow(
      'runtime.options.typescript in Pulumi.yaml must be true or false, and it is "no"',
    );
    expect(() => readOptions({ nodeargs: ["--import"] })).toThrow("runtime.options.nodeargs");
  });

  test.each([
    ["--import tsx", ["--import", "tsx"]],
    ["  ", []],
    [`--title="two words" 'a "b"' c\\ d`, ["--title=two words", 'a "b"', "c d"]],
    [`"a \\"b\\" \\n" ''`, ['a "b" \\n', ""]],
  ])("%j is the words %j", (text, words) => {
    expect(splitShellWords(text)).toEqual(words);
  });
});

test("the configuration's keys are written the way the SDK reads them", () => {
  const config: [string, string][] = [
    ["job-container:project", "mlops"],
    ["azure-native:config:location", "westeurope"],
    ["a:b.c:d", "{}"],
  ];
  expect(JSON.parse(formatConfig(config))).toEqual({
    "job-container:config:project": "mlops",
    "azure-native:config:location": "westeurope",
    "a:config:b.c:d": "{}",
  });
});

describe("a program's packages", () => {
  let directory: string;
  const write = (path: string, manifest: object) => {
    const file = join(directory, path, "package.json");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(manifest));
  };
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "toolchain-"));
    write("", { name: "program", dependencies: { "@pulumi/docker": "^5" }, devDependencies: { absent: "1.0.0" } });
    write("node_modules/@pulumi/docker", { name: "@pulumi/docker", version: "5.2.0", pulumi: { resource: true } });
    write("node_modules/plain", { name: "plain", version: "1.0.0" });
    write("node_modules/nested/node_modules/@else/where", {
      name: "@else/where",
      version: "1.0.0",
      pulumi: { resource: true, name: "where", version: "2.0.0", server: "https://plugins.test" },
    });
    write("sdk", { name: "@pulumi/azuredevops", version: "3.15.0", pulumi: { resource: true, name: "azuredevops" } });
    symlinkSync("../../sdk", join(directory, "node_modules/@pulumi/azuredevops"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  test("ask for their plugins, nested and linked ones too", () => {
    expect(requiredPlugins(directory)).toEqual([
      { name: "azuredevops", version: "3.15.0", server: "" },
      { name: "docker", version: "5.2.0", server: "" },
      { name: "where", version: "2.0.0", server: "https://plugins.test" },
    ]);
    expect(requiredPlugins(join(directory, "sdk"))).toEqual([]);
  });

  test("that it depends on are listed with the installed versions", () => {
    expect(directDependencies(directory)).toEqual([
      { name: "@pulumi/docker", version: "5.2.0" },
      { name: "absent", version: "" },
    ]);
  });
});
