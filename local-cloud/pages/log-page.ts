import { stripVTControlCharacters } from "node:util";
import { buildError } from "../azuredevops/builds/errors";
import { findBuild } from "../azuredevops/builds/model";
import type { Build, TimelineRecord } from "../azuredevops/builds/state";
import { findProject } from "../azuredevops/common/organization";
import { type Html, html } from "./html";
import { link, type Page } from "./layout";
import { runRefresh } from "./run-page";
import { allSteps } from "./run-parts";
import type { Site } from "./site";
import { urlsOf } from "./urls";
import { duration, plural, stateOf, time } from "./words";

/** How many lines a page shows at most; the rest is in the raw log. */
const mostLines = 2000;

/** A step of a run, and its log. @param from the first line that is wanted, from 1: what the script asks for */
export function logPage(site: Site, projectNameOrId: string, buildId: string, stepId: string, from?: string): Page {
  const project = findProject(site.organization, projectNameOrId);
  const build = findBuild(site.organization, site.runs.state, project.id, buildId);
  const step = findStep(build, stepId);
  const steps = allSteps(build);
  const place = steps.indexOf(step);
  const lines = linesOf(site, build, step);
  const first = Math.max(1, from === undefined ? lines.length - mostLines + 1 : Number(from) || 1);
  const urls = urlsOf(site);
  const neighbour = (label: string, other: TimelineRecord | undefined) =>
    other && html`<li>${label}: ${link(urls.log(project, build, other.id), other.name)}</li>`;
  const raw = `${urls.log(project, build, step.id)}&format=text`;
  return {
    title: step.name,
    project,
    section: "Pipelines",
    above: [{ title: `#${build.number}`, url: urls.run(project, build) }],
    ...(build.status !== "completed" && { refresh: runRefresh }),
    body: html`<p><span role="status">${stateOf(step)}</span> <span class="duration">${duration(step)}</span></p>
<ul class="steps">${neighbour("Previous step", steps[place - 1])}${neighbour("Next step", steps[place + 1])}<li>${link(raw, "View raw log")}</li></ul>
<p class="hint">${step.startTime !== undefined && html`Started ${time(step.startTime)}.`}${step.state === "completed" && lines.length === 0 && " It wrote nothing."}</p>
<div class="lines log" role="log" aria-label="Log of ${step.name}" data-next="${lines.length + 1}">${
      from === undefined &&
      first > 1 &&
      html`<p class="hint">Here are the last ${plural(mostLines, "line")}; the raw log has all from the first on.</p>`
    }${lines.slice(first - 1).map((line, index) => logLine(line, first + index))}</div>`,
  };
}

/** A step's whole log, as text. */
export function rawLog(site: Site, projectNameOrId: string, buildId: string, stepId: string): string {
  const project = findProject(site.organization, projectNameOrId);
  const build = findBuild(site.organization, site.runs.state, project.id, buildId);
  return linesOf(site, build, findStep(build, stepId))
    .map((line) => `${line}\n`)
    .join("");
}

function findStep(build: Build, stepId: string): TimelineRecord {
  const step = build.records.find(({ id, type }) => id === stepId && type === "Task");
  if (step) return step;
  throw buildError(404, "TimelineRecordNotFoundException", `The run ${build.number} has no step ${stepId}.`);
}

function linesOf({ runs }: Site, build: Build, { logId }: TimelineRecord): string[] {
  return (logId === undefined ? undefined : runs.lines(build, logId)) ?? [];
}

/** A line of a log without its colours, and with its kind where the agent marks it: `##[error]…`. */
function logLine(line: string, number: number): Html {
  const [, at = "", text = line] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\S*Z (.*)$/s.exec(line) ?? [];
  const plain = stripVTControlCharacters(text);
  const [, kind = "", marked = plain] =
    /^##\[(error|warning|section|command|group|endgroup|debug)\](.*)$/s.exec(plain) ?? [];
  return html`<div class="line ${kind}" id="L${number}"><span class="at">${at.slice(11)}</span><span class="text">${marked}</span></div>`;
}
