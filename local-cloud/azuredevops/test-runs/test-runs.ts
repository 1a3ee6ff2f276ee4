import * as z from "zod";
import type { TestResult } from "../../agent/run";
import type { Api, Area, AreaContext } from "../area";
import { buildUrl } from "../builds/model";
import type { Build, TestRunSummary } from "../builds/state";
import { apiLocation } from "../common/api-location";
import { invalidArgument, ServiceError } from "../common/errors";
import { collection, findProject, type Organization, operatorIdentity, projectReference } from "../common/organization";
import { inProject } from "../common/request";
import type { Project } from "../core/state";

const locations = [
  apiLocation(
    "cadb3810-d47d-4a3c-a234-fe5f3be50138",
    "Test",
    "Runs",
    "{project}/_apis/{area}/{resource}/{runId}",
    3,
    true,
  ),
  apiLocation(
    "4637d869-3a76-4468-8057-0bb02aa385cf",
    "Test",
    "Results",
    "{project}/_apis/{area}/Runs/{runId}/{resource}/{testCaseResultId}",
    6,
    true,
  ),
];

const text = z.string().optional();
const yesOrNo = z.enum(["true", "false"]).optional();
const paging = { $skip: text, $top: text };
/** What every query may say. */
const version = { "api-version": text };

const listQuery = z.strictObject({ ...version, ...paging, buildUri: text, includeRunDetails: yesOrNo });
const oneQuery = z.strictObject({ ...version, includeDetails: yesOrNo });
const resultsQuery = z.strictObject({
  ...version,
  ...paging,
  /** None, the only details of results that there are here. */
  detailsToInclude: z.enum(["0", "none", "None"]).optional(),
  outcomes: text,
});

const oneRun = inProject.extend({ runId: z.string() });

/** The first result of every test run. */
const firstResultId = 100000;

/** Numbers of the outcomes in the test API. */
const outcomeNumbers: Record<TestResult["outcome"], string> = { Passed: "2", Failed: "3", NotExecuted: "8" };

interface Paging {
  $skip?: string;
  $top?: string;
}

/** A test run, and the run of a pipeline that published it. */
interface Found {
  project: Project;
  build: Build;
  run: TestRunSummary;
}

/** Results of tests, through the test API, read only: runs of pipelines publish them. What is not emulated is refused. */
export const testRuns: Area = { locations, routes };

function routes(api: Api, { organization, runs }: AreaContext): void {
  const all = "/:project/_apis/test/runs";

  api.get(all, { schema: { params: inProject, querystring: listQuery } }, async ({ params, query }) => {
    const found = testRunsIn(findProject(organization, params.project), runs.state.builds).filter(
      ({ build }) => query.buildUri === undefined || uriOf(build).toLowerCase() === query.buildUri.toLowerCase(),
    );
    const view = query.includeRunDetails === "true" ? detailedView : shortView;
    return collection(page(found, query).map((each) => view(organization, each)));
  });

  api.get(`${all}/:runId`, { schema: { params: oneRun, querystring: oneQuery } }, async ({ params, query }) => {
    const view = query.includeDetails === "false" ? shortView : detailedView;
    return view(organization, find(params));
  });

  api.get(
    `${all}/:runId/results`,
    { schema: { params: oneRun, querystring: resultsQuery } },
    async ({ params, query }) => {
      const found = find(params);
      const outcomes = query.outcomes?.toLowerCase().split(",");
      const results = runs
        .tests(found.build, found.run.id)
        .map((result, index) => ({ result, id: firstResultId + index }))
        .filter(
          ({ result: { outcome } }) =>
            outcomes === undefined ||
            outcomes.includes(outcome.toLowerCase()) ||
            outcomes.includes(outcomeNumbers[outcome]),
        );
      return collection(page(results, query).map(({ result, id }) => resultView(organization, found, result, id)));
    },
  );

  function find({ project, runId }: z.output<typeof oneRun>): Found {
    const found = testRunsIn(findProject(organization, project), runs.state.builds);
    const wanted = found.find(({ run }) => String(run.id) === runId);
    if (wanted) return wanted;
    throw new ServiceError(
      404,
      "Microsoft.TeamFoundation.TestManagement.WebApi.TestObjectNotFoundException, Microsoft.TeamFoundation.TestManagement.WebApi",
      `Test run ${runId} cannot be found.`,
    );
  }
}

function testRunsIn(project: Project, builds: Build[]): Found[] {
  return builds
    .filter(({ projectId }) => projectId === project.id)
    .flatMap((build) => build.testResults.map((run) => ({ project, build, run })));
}

/** The service gives no more than 1000 at once. */
function page<T>(items: T[], { $skip = "0", $top = "1000" }: Paging): T[] {
  const [skip, top] = [Number($skip), Number($top)];
  if (!(skip >= 0)) throw invalidArgument(`$skip is ${$skip}. It has to be 0 or more.`);
  if (!(top >= 1 && top <= 1000)) throw invalidArgument(`$top is ${$top}. It has to be between 1 and 1000.`);
  return items.slice(skip, skip + top);
}

function uriOf({ id }: Build): string {
  return `vstfs:///Build/Build/${id}`;
}

function runUrl({ url }: Organization, { project, run }: Found): string {
  return `${url}/${project.name}/_apis/test/Runs/${run.id}`;
}

function shortView(organization: Organization, found: Found) {
  const { project, run } = found;
  return {
    id: run.id,
    name: run.title,
    url: runUrl(organization, found),
    isAutomated: true,
    state: "Completed",
    totalTests: run.total,
    passedTests: run.passed,
    // The service's names: what was not run, and what failed and nobody has looked into.
    notApplicableTests: run.skipped,
    unanalyzedTests: run.failed,
    incompleteTests: 0,
    revision: 3,
    webAccessUrl: `${organization.url}/${project.name}/_TestManagement/Runs?runId=${run.id}&_a=runCharts`,
  };
}

function detailedView(organization: Organization, found: Found) {
  const { project, build, run } = found;
  const by = operatorIdentity(organization);
  const counts = { Passed: run.passed, Failed: run.failed, NotExecuted: run.skipped };
  return {
    ...shortView(organization, found),
    project: projectReference(organization, project),
    owner: by,
    lastUpdatedBy: by,
    startedDate: run.started,
    completedDate: run.completed,
    createdDate: run.started,
    lastUpdatedDate: run.completed,
    postProcessState: "Complete",
    build: buildReference(organization, build),
    buildConfiguration: {
      id: build.id,
      number: build.number,
      uri: uriOf(build),
      buildDefinitionId: build.definitionId,
      branchName: build.branch,
      flavor: run.configuration,
      platform: run.platform,
    },
    runStatistics: Object.entries(counts).flatMap(([outcome, count]) =>
      count === 0 ? [] : [{ state: "Completed", outcome, count }],
    ),
  };
}

function resultView(organization: Organization, found: Found, result: TestResult, id: number) {
  const { project, build, run } = found;
  const by = operatorIdentity(organization);
  const { name, storage = "", outcome, durationInMs, errorMessage, stackTrace } = result;
  const url = runUrl(organization, found);
  return {
    id,
    project: { id: project.id, name: project.name, url: projectReference(organization, project).url },
    startedDate: run.started,
    completedDate: run.completed,
    lastUpdatedDate: run.completed,
    durationInMs,
    outcome,
    revision: 1,
    state: "Completed",
    testCaseTitle: name,
    automatedTestName: name,
    automatedTestStorage: storage,
    automatedTestType: "JUnit",
    ...(errorMessage === undefined ? {} : { errorMessage }),
    ...(stackTrace === undefined ? {} : { stackTrace }),
    failureType: "None",
    priority: 255,
    testRun: { id: String(run.id), name: run.title, url },
    build: buildReference(organization, build),
    runBy: by,
    lastUpdatedBy: by,
    url: `${url}/Results/${id}`,
  };
}

function buildReference(organization: Organization, build: Build) {
  return { id: String(build.id), name: build.number, url: buildUrl(organization, build) };
}
