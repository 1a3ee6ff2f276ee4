import type { Build } from "../azuredevops/builds/state";
import { ServiceError } from "../azuredevops/common/errors";
import { findProject } from "../azuredevops/common/organization";
import type { Project } from "../azuredevops/core/state";
import { type Content, type Html, html } from "./html";
import { facts, link, type Page, section, table } from "./layout";
import type { Site } from "./site";
import { urlsOf } from "./urls";
import { time } from "./words";

/** Azure DevOps' words for what came of a test. */
const outcomes = { Passed: "Passed", Failed: "Failed", NotExecuted: "Not executed" };

/** Results of tests that a run has published together. */
export function testRunPage(site: Site, projectNameOrId: string, testRunId: string): Page {
  const project = findProject(site.organization, projectNameOrId);
  const builds = site.runs.state.builds.filter(({ projectId }) => projectId === project.id);
  const all = builds.flatMap((build) => build.testResults.map((summary) => ({ build, summary })));
  const found = all.find(({ summary }) => String(summary.id) === testRunId);
  if (!found) throw new ServiceError(404, "TestObjectNotFoundException", `Test run ${testRunId} cannot be found.`);
  const { build, summary } = found;
  const rows = site.runs.tests(build, summary.id).map((test, index) => ({
    id: `test-${index}`,
    cells: [
      test.name,
      test.storage,
      html`<span class="state ${test.outcome}">${outcomes[test.outcome]}</span>`,
      `${Math.round(test.durationInMs)} ms`,
      failure(test.errorMessage, test.stackTrace),
    ],
  }));
  return {
    title: summary.title,
    project,
    section: "Pipelines",
    above: [{ title: `#${build.number}`, url: urlsOf(site).run(project, build) }],
    body: html`${facts([
      ["Passed", summary.passed],
      ["Failed", summary.failed],
      ["Not executed", summary.skipped],
      ["Platform", summary.platform],
      ["Configuration", summary.configuration],
      ["Started", time(summary.started)],
    ])}
${section("Tests", table(["Test", "In", "Outcome", "Duration", "Error"], rows, "It has no tests."))}`,
  };
}

/** The test runs that a run has published. */
export function testRunTable(site: Site, project: Project, { testResults }: Build): Html {
  const rows = testResults.map(({ id, title, passed, failed, skipped, total }) => ({
    id: `test-run-${id}`,
    cells: [link(urlsOf(site).testRun(project, id), title), passed, failed, skipped, total],
  }));
  return table(["Test run", "Passed", "Failed", "Not executed", "Total"], rows, "It has published no test results.");
}

function failure(message: string | undefined, stackTrace: string | undefined): Content {
  const text = [message, stackTrace].filter((part) => part !== undefined).join("\n");
  return text !== "" && html`<pre>${text}</pre>`;
}
