import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "./documents";

// TypeDoc reads all of the sources.
jest.setTimeout(120_000);

/** Every name that is exported is explained, or TypeDoc fails (`typedoc.json`). */
test("docs/api/README.md is what the docstrings make, so that a change of the API is seen: npm run api", async () => {
  const out = mkdtempSync(join(tmpdir(), "api-"));
  try {
    const typedoc = join(root, "node_modules/typedoc/bin/typedoc");
    await promisify(execFile)(process.execPath, [typedoc, "--out", out], { cwd: root });
    const made = readFileSync(join(out, "README.md"), "utf8");
    expect(made).toBe(readFileSync(join(root, "docs/api/README.md"), "utf8"));
  } finally {
    rmSync(out, { recursive: true });
  }
});
