import { readFileSync } from "node:fs";
import { join } from "node:path";
import { families, testsOf } from "../../acceptance/families";

const root = join(__dirname, "..", "..", "..");
const textOf = (path: string) => readFileSync(join(root, path), "utf8");

/** The version of a module that a `go.mod` asks for. */
const versionIn = (goMod: string, module: string) => new RegExp(`${module} (\\S+)`).exec(textOf(goMod))?.[1];

describe("the provider's tests", () => {
  it("are those of the provider that the local cloud is built with", () => {
    const provider = "github.com/microsoft/terraform-provider-azuredevops";
    const version = versionIn("test/acceptance/go/provider/go.mod", provider);
    expect(version).toBeDefined();
    expect(version).toBe(versionIn("local-cloud/toolchain/go/azuredevops/go.mod", provider));
    expect(textOf("test/acceptance/tools.ts")).toContain(`version: "${version?.slice(1)}"`);
  });

  it("are each of one family", () => {
    const all = families.flatMap(testsOf);
    expect(new Set(all).size).toBe(all.length);
  });

  it("are counted in the local cloud's README", () => {
    const rows = families.map((family) => `| ${family.name} | ${family.passing.length} of ${testsOf(family).length} |`);
    const readme = textOf("local-cloud/README.md");
    expect(rows.filter((row) => !readme.includes(row))).toEqual([]);
  });
});
