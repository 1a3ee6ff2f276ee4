import { findBuild } from "../azuredevops/builds/model";
import type { Build, TimelineRecord } from "../azuredevops/builds/state";
import { findProject } from "../azuredevops/common/organization";
import type { Project } from "../azuredevops/core/state";
import type { PlanJob } from "../pipelines/plan";
import { type Content, type Html, html } from "./html";
import { facts, link, type Page, section, table } from "./layout";
import { jobsOf, plannedJob, progressOf, stagesOf, stepsOf } from "./run-parts";
import type { Site } from "./site";
import { testRunTable } from "./test-run-page";
import { urlsOf } from "./urls";
import { branchName, duration, howOf, stateOf, statusOf, time } from "./words";

/** How often the page of a run that is not over looks again, in milliseconds. */
export const runRefresh = 1000;

/** A run: what it was started with, its stages, jobs and steps, and what came of them. */
export function runPage(site: Site, projectNameOrId: string, buildId: string): Page {
  const project = findProject(site.organization, projectNameOrId);
  const build = findBuild(site.organization, site.runs.state, project.id, buildId);
  const definition = site.organization.state.definitions.find(({ id }) => id === build.definitionId);
  const urls = urlsOf(site);
  return {
    title: `#${build.number}`,
    badge: statusOf(build),
    project,
    section: "Pipelines",
    above: definition ? [{ title: definition.name, url: urls.pipeline(project, definition) }] : [],
    ...(build.status !== "completed" && { refresh: runRefresh }),
    body: html`<p role="status">${progressOf(build)}</p>
${facts([
  ["Pipeline", definition && link(urls.pipeline(project, definition), definition.name)],
  ["Branch", branchName(build.branch)],
  ["Commit", commitLink(site, project, build)],
  ["Run by", `${build.requestedFor} (${howOf(build)})`],
  ["Queued", time(build.queueTime)],
  ["Started", time(build.startTime)],
  ["Duration", duration(build)],
  ["Tags", build.tags.join(", ")],
])}
${issues(site, project, build)}
${stagesOf(build).map((stage) => stageSection(site, project, build, stage))}
${build.testResults.length > 0 && section("Tests", testRunTable(site, project, build))}
${build.coverage.length > 0 && section("Code coverage", coverageTable(build))}
${values("Variables set when it was queued", build.parameters)}
${values("Parameters", build.templateParameters)}`,
  };
}

/** The commit that a run is of, where its repository still is. */
function commitLink(site: Site, project: Project, build: Build): Content {
  const { definitions, repositories } = site.organization.state;
  const definition = definitions.find(({ id }) => id === build.definitionId);
  const repository = repositories.find(({ id, isDisabled }) => id === definition?.repository.id && !isDisabled);
  const short = build.version.slice(0, 8);
  return repository ? link(urlsOf(site).commit(project, repository, build.version), short) : short;
}

/** What is wrong with the run as such, and what its parts said. */
function issues(site: Site, project: Project, build: Build): Content {
  const ofParts = build.records.flatMap((record) =>
    record.issues.map(({ type, message }) => ({
      type,
      message,
      // A job has no log of its own.
      where: record.type === "Task" ? link(urlsOf(site).log(project, build, record.id), record.name) : record.name,
    })),
  );
  const all = [...build.problems.map((message) => ({ type: "error", message, where: undefined })), ...ofParts];
  if (all.length === 0) return undefined;
  const items = all.map(
    ({ type, message, where }) =>
      html`<li class="${type}"><strong>${type === "error" ? "Error" : "Warning"}</strong> <span>${message}</span>${where && html` <span class="where">${where}</span>`}</li>`,
  );
  return section("Errors and warnings", html`<ul class="issues">${items}</ul>`);
}

function stageSection(site: Site, project: Project, build: Build, stage: TimelineRecord): Html {
  // A pipeline without stages has one that nobody has named.
  const title = stage.name === "__default" ? "Jobs" : `Stage ${stage.name}`;
  return html`<section id="stage-${stage.id}" aria-label="${title}">
<h2>${title}${title !== "Jobs" && html` ${stateOf(stage)} <span class="duration">${duration(stage)}</span>`}</h2>
${jobsOf(build, stage).map((job) => jobSection(site, project, build, stage, job))}
</section>`;
}

function jobSection(site: Site, project: Project, build: Build, stage: TimelineRecord, job: TimelineRecord): Html {
  const rows = stepsOf(build, job).map((step) => ({
    id: `step-${step.id}`,
    cells: [link(urlsOf(site).log(project, build, step.id), step.name), stateOf(step), duration(step)],
  }));
  const container = plannedJob(build, stage, job)?.container;
  return html`<section id="job-${job.id}" class="job" aria-label="Job ${job.name}">
<h3>${job.name} ${stateOf(job)} <span class="duration">${duration(job)}</span></h3>
${container && html`<p class="hint">${runsIn(container)}</p>`}
${table(["Step", "Status", "Duration"], rows, "It has no steps.")}
</section>`;
}

function runsIn({ image, endpoint }: NonNullable<PlanJob["container"]>): Html {
  return html`Runs in <code>${image}</code>${endpoint !== undefined && html`, through ${endpoint}`}`;
}

function coverageTable({ coverage }: Build): Html {
  const rows = coverage.map(({ label, covered, total }) => ({
    id: `coverage-${label}`,
    cells: [label, covered, total, total === 0 ? undefined : `${((100 * covered) / total).toFixed(1)} %`],
  }));
  return table(["Of", "Covered", "Total", "Part"], rows, "");
}

function values(title: string, of: Record<string, string>): Content {
  const rows = Object.entries(of).map(([name, value]) => ({
    id: `${title}-${name}`,
    cells: [name, html`<code>${value}</code>`],
  }));
  return rows.length > 0 && section(title, table(["Name", "Value"], rows, ""));
}
