import { judge, resultsIn } from "../../acceptance/results";

/** What Go prints of tests that run side by side. */
const output = [
  "=== RUN   TestAccProject_basic",
  "=== PAUSE TestAccProject_basic",
  "=== RUN   TestAccProject_update",
  "=== PAUSE TestAccProject_update",
  "=== RUN   TestAccProject_features",
  "=== CONT  TestAccProject_basic",
  "=== CONT  TestAccProject_update",
  "=== NAME  TestAccProject_basic",
  "    project_test.go:1: Step 1/2 error: Error running apply: exit status 1",
  "        Error: creating project: no such process",
  "--- FAIL: TestAccProject_basic (12.00s)",
  "--- PASS: TestAccProject_update (30.00s)",
  "=== CONT  TestAccProject_features",
  "panic: runtime error: invalid memory address",
];

const results = resultsIn(output);

describe("the results of the provider's tests", () => {
  it("are read from Go's output, with what went wrong in each", () => {
    expect(results.get("TestAccProject_basic")).toMatchObject({
      end: "FAIL",
      problem: expect.stringContaining("Error"),
    });
    expect(results.get("TestAccProject_update")).toEqual({ end: "PASS", problem: undefined });
    expect(results.get("TestAccProject_features")).toEqual({
      end: undefined,
      problem: "panic: runtime error: invalid memory address",
    });
  });

  it("break a promise where a test that has to pass does not", () => {
    const family = { name: "projects", passing: ["Project_update", "Project_basic", "Project_gone"], failing: {} };
    const { passed, broken, lines } = judge(family, results);
    expect({ passed, broken }).toEqual({ passed: 1, broken: 2 });
    expect(lines).toEqual([
      "  ✓ Project_update",
      expect.stringMatching(/^ {2}✗ Project_basic: .*Error/),
      "  ✗ Project_gone: it did not end",
    ]);
  });

  it("may be failures where that is known, and say so where it is no longer true", () => {
    const family = { name: "projects", passing: [], failing: { Project_basic: "no processes", Project_update: "why" } };
    expect(judge(family, results)).toEqual({
      passed: 0,
      broken: 0,
      lines: ["  - Project_basic fails, as known: no processes", "  ! Project_update passes: make it one that has to"],
    });
  });
});
