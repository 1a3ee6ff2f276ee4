import type { Family } from "./families";

/** What became of a test. One that has no end was running when its process died. */
export interface TestResult {
  end: "PASS" | "FAIL" | "SKIP" | undefined;
  /** The first line that says what went wrong. */
  problem: string | undefined;
}

/** The results in the output of a Go test binary that was started with `-test.v`, by the tests' names. */
export function resultsIn(lines: string[]): Map<string, TestResult> {
  const results = new Map<string, TestResult>();
  const of = (name: string) => {
    const result = results.get(name) ?? { end: undefined, problem: undefined };
    results.set(name, result);
    return result;
  };
  let current: string | undefined;
  for (const line of lines) {
    const [, started] = /^=== (?:RUN|NAME|CONT) +(\S+)$/.exec(line) ?? [];
    const [, end, ended] = /^--- (PASS|FAIL|SKIP): (\S+)/.exec(line) ?? [];
    if (started !== undefined) current = started;
    else if (ended !== undefined && (end === "PASS" || end === "FAIL" || end === "SKIP")) of(ended).end = end;
    else if (current !== undefined && /Error: |Check failed|got none|must be set|failed to|^panic: /.test(line)) {
      of(current).problem ??= line.trim();
    }
    if (started !== undefined) of(started);
  }
  return results;
}

/** What is said of a test that did not pass and of which nothing else is known. */
const ends = { PASS: "", FAIL: "it failed", SKIP: "it was skipped", none: "it did not end" };

/** What a run of a family says, test by test, and how many of its tests broke a promise. */
export interface Verdict {
  lines: string[];
  passed: number;
  broken: number;
}

/** Compares results with what is promised: only the known failures of a family may fail. */
export function judge(family: Family, results: Map<string, TestResult>): Verdict {
  const verdict: Verdict = { lines: [], passed: 0, broken: 0 };
  for (const name of family.passing) {
    const { end, problem } = results.get(`TestAcc${name}`) ?? {};
    if (end === "PASS") {
      verdict.passed += 1;
      verdict.lines.push(`  ✓ ${name}`);
    } else {
      verdict.broken += 1;
      verdict.lines.push(`  ✗ ${name}: ${problem ?? ends[end ?? "none"]}`);
    }
  }
  for (const [name, reason] of Object.entries(family.failing)) {
    const passes = results.get(`TestAcc${name}`)?.end === "PASS";
    verdict.lines.push(
      passes ? `  ! ${name} passes: make it one that has to` : `  - ${name} fails, as known: ${reason}`,
    );
  }
  return verdict;
}
