import type { Build } from "azure-devops-node-api/interfaces/BuildInterfaces";
import type { RunStatistic, TestRun } from "azure-devops-node-api/interfaces/TestInterfaces";
import { tokenScopes } from "../../common/token-scopes";
import { reasonOf } from "../azure-devops";

export interface TestsOf {
  /** Azure DevOps' test API. */
  api: () => Promise<{
    getTestRuns(project: string, buildUri?: string): Promise<Pick<TestRun, "id">[]>;
    getTestRunById(project: string, runId: number, includeDetails?: boolean): Promise<Statistics>;
  }>;
  project: string;
  build: Build;
}

interface Statistics {
  runStatistics?: Pick<RunStatistic, "outcome" | "count">[];
}

/**
 * What came of the tests whose results a run has published.
 *
 * @returns a line for a person; also where Azure DevOps does not say it
 */
export async function testTotals({ api, project, build }: TestsOf): Promise<string> {
  try {
    const tests = await api();
    const published = await tests.getTestRuns(project, build.uri);
    if (published.length === 0) return "Tests: no results were published.";
    const counts = new Map<string, number>();
    for (const { id } of published) {
      // Only a single one comes with how many tests had which outcome.
      const { runStatistics = [] } = await tests.getTestRunById(project, id, true);
      for (const { outcome, count } of runStatistics) {
        const word = words[outcome.toLowerCase()] ?? outcome.toLowerCase();
        counts.set(word, (counts.get(word) ?? 0) + count);
      }
    }
    const always = ["passed", "failed", "skipped"].map((word): [string, number] => [word, counts.get(word) ?? 0]);
    const all = new Map([...always, ...counts]);
    return `Tests: ${[...all].map(([word, count]) => `${count} ${word}`).join(", ")}`;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return `Tests: Azure DevOps does not say what came of them: ${reasonOf(error, { scope: tokenScopes.tests.name })}`;
  }
}

/** Azure DevOps' words that people have others for. */
const words: Record<string, string> = { notexecuted: "skipped", notapplicable: "skipped" };
