import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pluginArchive, sha256Of } from "../../../../src/common/pulumi-archives/archives";
import { checksumsFile, checksumsOfPlugins } from "../../../../src/common/pulumi-archives/plugin-checksums";
import { plugins } from "../../../../src/common/pulumi-archives/plugins";

const archive = Buffer.from("an archive");
const { signal } = new AbortController();
const names = plugins().map(({ name, version }) => pluginArchive(name, version, "linux-x64").name);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "checksums-"));
  jest.spyOn(globalThis, "fetch").mockImplementation(async () => new Response(new Uint8Array(archive)));
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const sums = (frozen: boolean) => checksumsOfPlugins({ folder, frozen, signal, say: () => {} });
const written = () => JSON.parse(readFileSync(join(folder, checksumsFile), "utf8"));

test("a person's first installation writes down what there is, for the agents as well", async () => {
  const found = await sums(false);
  for (const name of names) expect(found[name]).toBe(sha256Of(archive));
  expect(written()).toMatchObject(Object.fromEntries(names.map((name) => [name, sha256Of(archive)])));
});

test("from then on nothing is asked for, and what another one would be is not taken over", async () => {
  await sums(false);
  const before = written();
  jest.mocked(fetch).mockClear();
  for (const frozen of [false, true]) expect(await sums(frozen)).toMatchObject(before);
  expect(fetch).not.toHaveBeenCalled();
  expect(written()).toEqual(before);
});

test("in a pipeline what is not known is refused, and nothing is written", async () => {
  await expect(sums(true)).rejects.toThrow(
    /^the SHA-256 of pulumi-resource-azure-native-v.* is not known\. Run `npx job-container install` where you work/,
  );
  expect(fetch).not.toHaveBeenCalled();
  expect(existsSync(join(folder, checksumsFile))).toBe(false);
});

test("sums of versions that were replaced go when new ones are added", async () => {
  writeFileSync(
    join(folder, checksumsFile),
    JSON.stringify({ "pulumi-resource-docker-v0.0.1-linux-amd64.tar.gz": "0".repeat(64) }),
  );
  await sums(false);
  expect(Object.keys(written())).not.toContain("pulumi-resource-docker-v0.0.1-linux-amd64.tar.gz");
});

test.each(["{", "[]", '{"pulumi-resource-docker-v5.2.0-linux-amd64.tar.gz": "none"}'])(
  "a file that is %s is not passed over",
  async (text) => {
    writeFileSync(join(folder, checksumsFile), text);
    await expect(sums(false)).rejects.toThrow(`${checksumsFile} is not a list of SHA-256 sums by archive`);
  },
);
