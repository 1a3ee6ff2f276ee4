import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installParts } from "../../../../local-cloud/toolchain";
import { findPart, type PartContext, type ToolchainPart } from "../../../../local-cloud/toolchain/part";
import { UserError } from "../../../../src/common/errors";

let cache: string;
let said: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "install-"));
  said = "";
  jest.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += text;
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(cache, { recursive: true });
});

const part = (build: (context: PartContext) => Promise<void>): ToolchainPart => ({
  ...{ name: "program", version: "1.0.0", executable: "program", recipe: "recipe" },
  async build(directory, context) {
    await build(context);
    writeFileSync(join(directory, "program"), "");
  },
});

test("what is made besides is made while a part is, and both are shown", async () => {
  let end = () => {};
  const besidesMade = new Promise<void>((resolve) => {
    end = resolve;
  });
  const made = part(() => besidesMade);
  await installParts([made], [], cache, { besides: { name: "image", make: async () => end() } });
  expect(findPart(made, cache)).toBeDefined();
  expect(said).toMatch(/✓ image \(1\/2, .*✓ program 1\.0\.0 \(2\/2, /s);
});

test("when a part cannot be made, what is made besides is stopped before that is said", async () => {
  const failing = part(() => Promise.reject(new UserError("it does not compile")));
  const stopped = jest.fn();
  const make = ({ signal }: PartContext) =>
    new Promise<void>((_, reject) =>
      signal.addEventListener("abort", () => {
        stopped();
        reject(signal.reason);
      }),
    );
  await expect(installParts([failing], [], cache, { besides: { name: "image", make } })).rejects.toThrow(
    "it does not compile",
  );
  expect(stopped).toHaveBeenCalled();
});

test("how far the compiling is comes from what each part has to compile", async () => {
  jest.useFakeTimers({ doNotFake: ["setImmediate"] });
  try {
    const compiling = {
      ...part(async ({ compiled }) => {
        await new Promise(setImmediate);
        for (const path of ["a", "b"]) compiled?.(path);
        jest.advanceTimersByTime(31_000);
      }),
      packages: async () => ["a@v1", "b@v1", "c@v1", "fmt@"],
    };
    await installParts([compiling], [], cache);
    expect(said).toContain("… 50 % compiled, less than a minute left, ");
  } finally {
    jest.useRealTimers();
  }
});
