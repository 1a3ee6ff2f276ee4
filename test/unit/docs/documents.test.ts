import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { scripts } from "../../../package.json";
import { infrastructureTokenScopes, tokenScopes } from "../../../src/common/token-scopes";
import { brokenLinks, documents, missingPaths, root, scriptsIn, textOf, verbsIn } from "./documents";

/** The commands that a command's help lists. */
async function commandsOf(...command: string[]): Promise<string[]> {
  const program = join(root, "src/cli/job-container.js");
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...command, "--help"]);
  const [, list = ""] = stdout.split("\nCommands:\n");
  return [...list.matchAll(/^ {2}([a-z]+)/gm)].map(([, name = ""]) => name);
}

describe.each(documents)("%s", (document) => {
  test("links lead to files and headings that exist", () => {
    expect(brokenLinks(document)).toEqual([]);
  });

  test("files and folders that it names exist", () => {
    expect(missingPaths(textOf(document))).toEqual([]);
  });

  test("every script that it runs is one of package.json", () => {
    const unknown = scriptsIn(textOf(document)).filter((name) => !Object.hasOwn(scripts, name));
    expect(unknown).toEqual([]);
  });
});

test("the scopes that are listed are those that the local cloud deploys with", () => {
  const listed = [...textOf("docs/permissions.md").matchAll(/^\| ([A-Z][\w ]+ \([\w &,]+\)) \|/gm)].map(
    ([, name]) => name,
  );
  const all = [...Object.values(tokenScopes), ...Object.values(infrastructureTokenScopes)];
  expect(listed).toEqual(all.map(({ name }) => name));
});

test("every command that the documents run is one of job-container", async () => {
  const all = (await commandsOf()).map(async (verb) => [verb, await commandsOf(verb)] as const);
  const verbs = new Map(await Promise.all(all));
  const isKnown = (text: string) => {
    const [verb = "", command = ""] = text.split(" ");
    const commands = verbs.get(verb);
    return commands !== undefined && (commands.length === 0 || commands.includes(command));
  };
  expect([...verbs.keys()]).toContain("adopt");
  expect(isKnown("check conda")).toBe(true);
  expect(isKnown("check everything")).toBe(false);
  expect(documents.flatMap((document) => verbsIn(textOf(document)).filter((verb) => !isKnown(verb)))).toEqual([]);
});

test("the README can be read in a few minutes: it has at most 150 lines", () => {
  expect(textOf("README.md").trimEnd().split("\n").length).toBeLessThanOrEqual(150);
});

describe("what is looked for is found", () => {
  test.each([
    ["a file that does not exist", "[a](no-such-file.md)", ["no-such-file.md"]],
    ["a heading that does not exist", "# A\n[a](#b)", ["#b"]],
    ["a heading of another file that does not exist", "[a](docs/branches.md#nothing)", ["docs/branches.md#nothing"]],
    ["an image that does not exist", "![a](docs/images/none.png)", ["docs/images/none.png"]],
    ["neither a link to another site nor code", "[a](https://example.com)\n```\n[a](none)\n```", []],
    ["nor what is there", "# What it has: `a`, b\n[a](docs/branches.md#the-commands) [b](#what-it-has-a-b)", []],
  ])("%s", (_, text, broken) => {
    expect(brokenLinks("README.md", text)).toEqual(broken);
  });

  test("paths", () => {
    expect(missingPaths("`src/cli/main.ts`, `src/none.ts`, `docs/`, `test/none/`")).toEqual([
      "src/none.ts",
      "test/none/",
    ]);
  });

  test("scripts and commands", () => {
    const text =
      "`npm run -s sdk -- --check`, `npm run test:all`;\nnpx job-container run image --wait, `npx job-container adopt x.yml`";
    expect(scriptsIn(text)).toEqual(["sdk", "test:all"]);
    expect(verbsIn(text)).toEqual(["run image", "adopt x"]);
  });
});

test("the programs in the documents are the examples", () => {
  const quoted = (document: string) =>
    [...textOf(document).matchAll(/^(?:[^\n]* )?Its `(examples\/[\w./-]+)`:\n\n```\w+\n(.*?\n)```$/gms)].map(
      ([, path = "", text = ""]) => [path, text] as const,
    );
  const found = documents.flatMap(quoted);
  expect(found.map(([path]) => path)).toEqual([
    "examples/typescript-program/everything.ts",
    "examples/yaml-program/Pulumi.yaml",
    "examples/python-program/__main__.py",
    "examples/go-program/main.go",
    "examples/java-program/src/main/java/program/App.java",
    "examples/csharp-program/Program.cs",
  ]);
  for (const [path, text] of found) expect(text).toBe(textOf(path));
});
