import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installPlugins } from "../../../../local-cloud/plugins/install";

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "pulumi-home-"));
});

afterEach(() => rmSync(home, { recursive: true }));

it("puts each plugin where the engine looks for it, and writes none again", async () => {
  const files = () =>
    readdirSync(join(home, "plugins"), { recursive: true, encoding: "utf8" })
      .map((file) => ({ file, ...statSync(join(home, "plugins", file)) }))
      .filter(({ mode }) => (mode & 0o170000) === 0o100000)
      .map(({ file, mode, ino, mtimeMs }) => ({ file, executable: (mode & 0o111) === 0o111, ino, mtimeMs }));
  await installPlugins(home);
  const installed = files();
  expect(installed).toMatchObject([
    { file: "resource-azure-native-v3.28.0/pulumi-resource-azure-native", executable: true },
    { file: "resource-docker-v5.2.0/pulumi-resource-docker", executable: true },
  ]);
  await installPlugins(home);
  expect(files()).toEqual(installed);
});
