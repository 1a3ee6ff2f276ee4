import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeInOneStep } from "../../../src/common/files";

describe("a file that is written in one step", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "files-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("has the new content and mode, and nothing is left beside it", () => {
    const file = join(folder, "a");
    writeFileSync(file, "old", { mode: 0o644 });
    writeInOneStep(file, "new", 0o700);
    expect(readFileSync(file, "utf8")).toBe("new");
    expect(statSync(file).mode & 0o777).toBe(0o700);
    expect(readdirSync(folder)).toEqual(["a"]);
  });

  test("leaves nothing where it cannot be written", () => {
    mkdirSync(join(folder, "a", "b"), { recursive: true });
    expect(() => writeInOneStep(join(folder, "a"), "new")).toThrow();
    expect(() => writeInOneStep(join(folder, "missing", "a"), "new")).toThrow("ENOENT");
    expect(readdirSync(folder)).toEqual(["a"]);
  });
});
