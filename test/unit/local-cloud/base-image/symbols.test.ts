import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripSymbols } from "../../../../local-cloud/base-image/symbols";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "symbols-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a program without its symbols is smaller, and runs", () => {
  const program = join(folder, "echo");
  copyFileSync("/bin/echo", program);
  stripSymbols(program);
  expect(statSync(program).size).toBeLessThan(statSync("/bin/echo").size);
  expect(execFileSync(program, ["it", "runs"], { encoding: "utf8" })).toBe("it runs\n");
});

test("what is no such program is refused", () => {
  const file = join(folder, "file");
  writeFileSync(file, "#!/bin/sh\n");
  expect(() => stripSymbols(file)).toThrow(`${file} is no 64-bit ELF file`);
});
