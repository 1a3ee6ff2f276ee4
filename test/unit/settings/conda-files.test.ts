import * as pulumi from "@pulumi/pulumi";
import { type CondaSettings, readCondaFiles } from "../../../src/settings/conda-files";

const settings: CondaSettings = {
  definition: { dockerfile: "Dockerfile", baseImage: "debian", condaFile: "ci.yml", condaChannel: "conda-forge" },
  trainingFiles: ["training.yml"],
  scoringFiles: [],
  environmentPolicy: "error",
  amlSdkVersion: undefined,
};

const conda = (...dependencies: string[]) =>
  [
    "channels:",
    "  - conda-forge",
    "dependencies:",
    "  - python=3.11",
    ...dependencies.map((text) => `  - ${text}`),
  ].join("\n");

const ci = conda("azure-ai-ml=1.31.0", "scikit-learn=1.9.1");
const matching = { "ci.yml": ci, "training.yml": conda("scikit-learn=1.9.1") };
const conflicting = { "ci.yml": ci, "training.yml": conda("scikit-learn=0.22.1") };

const read = (files: Record<string, string>, changed: Partial<CondaSettings> = {}) =>
  readCondaFiles({ ...settings, ...changed }, (path) => files[path]);

let info: jest.SpyInstance;
let warn: jest.SpyInstance;
beforeEach(() => {
  info = jest.spyOn(pulumi.log, "info").mockResolvedValue();
  warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
});
afterEach(() => jest.restoreAllMocks());

test.each(["error", "warn"] as const)("files that match are not worth a word (%s)", async (environmentPolicy) => {
  await read(matching, { environmentPolicy });
  expect(info).not.toHaveBeenCalled();
  expect(warn).not.toHaveBeenCalled();
});

test("error: files that do not match end the program, with each place, what to do, and the setting", async () => {
  const ended = read(conflicting);
  expect(await ended.catch(pulumi.RunError.isInstance)).toBe(true); // which Pulumi shows as its message
  await expect(ended).rejects.toThrow(/^the conda files do not match \(1 finding\):\n {2}\S+\.yml:\d+ conflict: /);
  await expect(ended).rejects.toThrow("npx job-container check conda");
  await expect(ended).rejects.toThrow("environmentPolicy is error");
});

test("warn: it is said, and the program goes on", async () => {
  expect(await read(conflicting, { environmentPolicy: "warn" })).toEqual({ amlSdkVersion: "1.31.0" });
  expect(warn.mock.calls).toEqual([[expect.stringMatching(/ conflict: .*\n.*environmentPolicy is warn/s)]]);
});

test("off: they are not compared, which is said; the SDK's version is known all the same", async () => {
  expect(await read(conflicting, { environmentPolicy: "off" })).toEqual({ amlSdkVersion: "1.31.0" });
  expect(info.mock.calls).toEqual([["environmentPolicy is off: the conda files are not compared"]]);
  expect(warn).not.toHaveBeenCalled();
});

test("a file that does not exist is a finding", async () => {
  await expect(read({ "ci.yml": ci })).rejects.toThrow("training.yml:1 invalid: ");
});

test("the SDK's version may be set", async () => {
  expect(await read(matching, { amlSdkVersion: "2.0.0" })).toEqual({ amlSdkVersion: "2.0.0" });
});

test("an environment without the SDK has no version of it", async () => {
  const files = { ...matching, "ci.yml": conda("scikit-learn=1.9.1") };
  expect(await read(files)).toEqual({ amlSdkVersion: undefined });
});

test("a version that makes no tag ends the program, whichever the policy", async () => {
  const files = { ...matching, "ci.yml": conda("azure-ai-ml==1.0+local", "scikit-learn=1.9.1") };
  await expect(read(files, { environmentPolicy: "off" })).rejects.toThrow(
    'ci.yml pins version "1.0+local" of the Azure ML SDK for a tag, and a tag is at most 128',
  );
});
