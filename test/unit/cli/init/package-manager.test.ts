import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageManagerOf } from "../../../../src/cli/init/package-manager";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "manager-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each<[string, Record<string, string>, string]>([
  ["nothing", {}, "npm ci --omit=dev --omit=optional --no-audit --no-fund"],
  [
    "a package.json that cannot be read",
    { "package.json": "{" },
    "npm ci --omit=dev --omit=optional --no-audit --no-fund",
  ],
  ["pnpm's lock file", { "pnpm-lock.yaml": "" }, "npx --yes pnpm install --frozen-lockfile --prod --no-optional"],
  ["yarn's lock file", { "yarn.lock": "" }, "npm install --no-save --omit=dev --omit=optional --no-audit --no-fund"],
  [
    "its version, without the checksum",
    { "package.json": '{"packageManager":"pnpm@10.34.9+sha512.abc"}' },
    "npx --yes pnpm@10.34.9 install --frozen-lockfile --prod --no-optional",
  ],
  [
    "npm by name, whatever lock files are left",
    { "package.json": '{"packageManager":"npm@11.0.0"}', "yarn.lock": "" },
    "npm ci --omit=dev --omit=optional --no-audit --no-fund",
  ],
  [
    "what is no package manager",
    { "package.json": '{"packageManager":"pnpm@1; curl evil"}' },
    "npx --yes pnpm@1 install --frozen-lockfile --prod --no-optional",
  ],
])("a pipeline installs by %s", (_, files, light) => {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  expect(packageManagerOf(folder).light).toBe(light);
});
