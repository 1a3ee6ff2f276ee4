import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { differingFiles } from "../../../../local-cloud/toolchain/sdk/compare";
import * as azuredevops from "../../../../sdks/azuredevops";
import description from "../../../../sdks/azuredevops/package.json";
import selection from "../../../../sdks/selection.json";

describe("the @pulumi/azuredevops package", () => {
  it("offers each selected resource and function, and the provider", () => {
    const offered = Object.entries(azuredevops).filter(([, value]) => typeof value === "function");
    const outputs = selection.functions.map((name) => `${name}Output`);
    const expected = ["Provider", ...selection.resources, ...selection.functions, ...outputs];
    expect(offered.map(([name]) => name).sort()).toEqual(expect.arrayContaining(expected.sort()));
  });

  it("tells the engine which plugin it needs", () => {
    expect(description.name).toBe("@pulumi/azuredevops");
    expect(description.pulumi).toEqual({ resource: true, name: "azuredevops", version: description.version });
  });

  it("has the version that the provider is built with", () => {
    const provider = readFileSync(
      join(__dirname, "../../../../local-cloud/toolchain/go/azuredevops/provider.go"),
      "utf8",
    );
    expect(/Version = "(.+)"/.exec(provider)?.[1]).toBe(description.version);
  });
});

describe("comparing a generated package with the committed one", () => {
  let scratch: string;
  const put = (file: string, text: string) => {
    mkdirSync(join(scratch, file, ".."), { recursive: true });
    writeFileSync(join(scratch, file), text);
  };
  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), "sdk-test-"));
  });
  afterEach(() => rmSync(scratch, { recursive: true }));
  const compare = () => differingFiles(join(scratch, "committed"), join(scratch, "generated"));

  it("finds nothing when they are the same", () => {
    for (const side of ["committed", "generated"]) put(`${side}/types/input.ts`, "same");
    expect(compare()).toEqual([]);
  });

  it("names what was changed, added and removed", () => {
    put("committed/changed.ts", "by hand");
    put("generated/changed.ts", "by the generator");
    put("committed/added.ts", "");
    put("generated/types/removed.ts", "");
    expect(compare()).toEqual(["added.ts", "changed.ts", "types/removed.ts"]);
  });

  it("does not mind what npm installed into the package", () => {
    put("committed/node_modules/.package-lock.json", "{}");
    put("generated/index.ts", "");
    put("committed/index.ts", "");
    expect(compare()).toEqual([]);
  });
});
