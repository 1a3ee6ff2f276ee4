import { type TestsOf, testTotals } from "../../../../src/cli/run/tests";

const build = { uri: "vstfs:///Build/Build/7" };

/** What is said where the test API has this. */
function said(runs: { id: number; runStatistics: { outcome: string; count: number }[] }[]): Promise<string> {
  const api: TestsOf["api"] = async () => ({
    getTestRuns: async (project, uri) =>
      project === "mlops" && uri === build.uri ? runs.map(({ id }) => ({ id })) : [],
    getTestRunById: async (_, wanted) => runs.find(({ id }) => id === wanted) ?? {},
  });
  return testTotals({ api, project: "mlops", build });
}

test("all test runs of a run are added up", async () => {
  const passed = { outcome: "Passed", count: 5 };
  const more = [passed, { outcome: "Failed", count: 1 }, { outcome: "NotExecuted", count: 2 }];
  const runs = [
    { id: 1, runStatistics: [passed] },
    { id: 2, runStatistics: more },
  ];
  expect(await said(runs)).toBe("Tests: 10 passed, 1 failed, 2 skipped");
});

test("another outcome is not left out", async () => {
  const runStatistics = [{ outcome: "Aborted", count: 1 }];
  expect(await said([{ id: 1, runStatistics }])).toBe("Tests: 0 passed, 0 failed, 0 skipped, 1 aborted");
});

test("that there are none is said", async () => {
  expect(await said([])).toBe("Tests: no results were published.");
});

test("that they may not be read is said, with the scope that is missing", async () => {
  const api = () => Promise.reject(Object.assign(new Error("Unauthorized"), { statusCode: 401 }));
  const line = await testTotals({ api, project: "mlops", build });
  expect(line).toContain("Tests: Azure DevOps does not say what came of them: Unauthorized.");
  expect(line).toContain("lacks the scope Test Management (read)");
});
