import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkCondaFiles } from "../../../src/conda/check";

const root = join(__dirname, "environments");

/** Checks the files of a folder below `environments/`: `ci.yml` against `training*.yml` and `scoring*.yml`. */
function check(folder: string) {
  const files = readdirSync(join(root, folder)).sort();
  return checkCondaFiles({
    ci: "ci.yml",
    training: files.filter((name) => name.startsWith("training")),
    scoring: files.filter((name) => name.startsWith("scoring")),
    readFile: (path) => {
      const file = join(root, folder, path);
      return existsSync(file) ? readFileSync(file, "utf8") : undefined;
    },
  });
}

/** What a folder's files say that is found in them: `# finds: <rules>` behind a line. */
function expected(folder: string): string[] {
  return readdirSync(join(root, folder)).flatMap((name) =>
    readFileSync(join(root, folder, name), "utf8")
      .split("\n")
      .flatMap((line, index) => {
        const rules = /# finds: (.*)$/.exec(line)?.[1]?.split(" ") ?? [];
        return rules.map((rule) => `${name}:${index + 1} ${rule}`);
      }),
  );
}

describe("the environment files of a folder: found is what they say, and nothing else", () => {
  test.each(readdirSync(root).sort())("%s", async (folder) => {
    const { findings } = await check(folder);
    expect(findings.map(({ file, line, rule }) => `${file}:${line} ${rule}`).sort()).toEqual(expected(folder).sort());
  });
});

test("there are enough of them", () => {
  expect(readdirSync(root).flatMap((folder) => readdirSync(join(root, folder))).length).toBeGreaterThanOrEqual(40);
});
