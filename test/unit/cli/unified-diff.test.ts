import { unifiedDiff } from "../../../src/cli/unified-diff";

test("the diff of a file is a patch, of one that is not there a new file, of one that is the same nothing", () => {
  expect(unifiedDiff("a/b.yml", "x\ny\n", "x\nz\n")).toBe(
    "--- a/a/b.yml\n+++ b/a/b.yml\n@@ -1,2 +1,2 @@\n x\n-y\n+z\n",
  );
  expect(unifiedDiff("b.yml", undefined, "x\n")).toBe("--- /dev/null\n+++ b/b.yml\n@@ -0,0 +1,1 @@\n+x\n");
  expect(unifiedDiff("b.yml", "x\n", "x\n")).toBeUndefined();
});
