import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import * as z from "zod";

const root = join(__dirname, "../..");

/** Imports, and whether the design has an arrow for them. */
const imports: [from: string, to: string, isAllowed: boolean][] = [
  ["index.ts", "components/a.ts", true],
  ["index.ts", "local-cloud/a.ts", false],
  ["components/b.ts", "src/lookups/a.ts", true],
  ["components/c.ts", "src/cli/a.ts", false],
  ["src/lookups/b.ts", "src/rules/a.ts", true],
  ["src/lookups/c.ts", "components/a.ts", false],
  ["src/settings/b.ts", "src/lookups/a.ts", false],
  ["src/conda/b.ts", "src/image/a.ts", false],
  ["src/common/b.ts", "src/rules/a.ts", false],
  ["src/cli/b.ts", "components/a.ts", true],
  ["src/cli/c.ts", "local-cloud/a.ts", false],
  ["local-cloud/b.ts", "src/common/a.ts", true],
  ["local-cloud/c.ts", "src/cli/a.ts", false],
  ["local-cloud/pages/b.ts", "local-cloud/azuredevops/a.ts", true],
  ["local-cloud/azuredevops/b.ts", "local-cloud/pages/a.ts", false],
  ["local-cloud/azuredevops/c.ts", "local-cloud/agent/a.ts", true],
  ["local-cloud/agent/b.ts", "local-cloud/azuredevops/d.ts", false],
  ["policy/b.ts", "src/rules/a.ts", false],
  ["plugin/b.ts", "src/common/a.ts", true],
  ["plugin/c.ts", "components/a.ts", false],
  ["test/unit/b.ts", "local-cloud/a.ts", true],
];

const report = z.object({
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});

test("npm run check refuses an import for which there is no arrow, one of a type alone as well, and a circle", async () => {
  const folder = mkdtempSync(join(tmpdir(), "arrows-"));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write("tsconfig.json", "{}");
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  for (const [from, to] of imports) {
    write(to, "export type A = string;\n");
    write(
      from,
      `import type { A } from "./${relative(dirname(from), to).replace(/\.ts$/, "")}";\nexport type B = A;\n`,
    );
  }
  write("src/common/x.ts", 'import { y } from "./y";\nexport const x = () => y;\n');
  write("src/common/y.ts", 'import { x } from "./x";\nexport const y = () => x;\n');

  const violations = await violationsIn(folder);
  rmSync(folder, { recursive: true });

  const refused = imports.filter(([, , isAllowed]) => !isAllowed).map(([from, to]) => `${from} -> ${to}`);
  expect(violations.arrows.sort()).toEqual(refused.sort());
  expect(violations.circles).toContain("src/common/x.ts -> src/common/y.ts");
}, 60_000);

async function violationsIn(folder: string): Promise<{ arrows: string[]; circles: string[] }> {
  const config = join(root, ".dependency-cruiser.js");
  const bin = join(root, "node_modules/.bin/depcruise");
  const rooms = ["index.ts", "components", "src", "local-cloud", "plugin", "policy", "test"];
  const stdout = await new Promise<string>((resolve) => {
    execFile(bin, ["--config", config, "--output-type", "json", ...rooms], { cwd: folder }, (_, text) => resolve(text));
  });
  const { violations } = report.parse(JSON.parse(stdout)).summary;
  const named = (isWanted: (rule: string) => boolean) =>
    violations.filter(({ rule }) => isWanted(rule.name)).map(({ from, to }) => `${from} -> ${to}`);
  return { arrows: named((rule) => rule.startsWith("arrows of")), circles: named((rule) => rule === "no circles") };
}
