import * as z from "zod";
import type { Api, Area, AreaContext } from "../area";
import { apiLocation } from "../common/api-location";
import { collection, type Organization, operatorIdentity, sendNull } from "../common/organization";
import { buildError } from "./errors";
import { buildUrl, findBuild, type OneBuild, oneBuild, timelineId } from "./model";
import type { Build, TimelineRecord } from "./state";

const route = "{project}/_apis/{area}/builds/{buildId}/{resource}";

const locations = [
  apiLocation("8baac422-4c6e-4de5-8532-db96d92acffa", "build", "timeline", `${route}/{timelineId}`, 3),
  apiLocation("35a80daf-7f30-45fc-86e8-6b813d9c90df", "build", "logs", `${route}/{logId}`, 2),
  apiLocation("6e6114b2-8161-44c8-8f6c-c5505782427f", "build", "tags", `${route}/{*tag}`, 3),
];

/** What a run did: its stages, jobs and steps, their logs, and the run's tags. */
export const timeline: Area = { locations, routes };

function routes(api: Api, { organization, runs }: AreaContext): void {
  const one = "/:project/_apis/build/builds/:buildId";
  const find = ({ project, buildId }: OneBuild) => findBuild(organization, runs.state, project, buildId);

  for (const path of [`${one}/timeline`, `${one}/timeline/:timelineId`]) {
    const params = oneBuild.extend({ timelineId: z.string().optional() });
    api.get(path, { schema: { params } }, async ({ params }, reply) => {
      const build = find(params);
      // A run has none before it starts.
      const isKnown = params.timelineId === undefined || params.timelineId.toLowerCase() === timelineId(build);
      return build.records.length > 0 && isKnown ? timelineView(organization, build) : sendNull(reply);
    });
  }

  api.get(`${one}/logs`, { schema: { params: oneBuild } }, async ({ params }) => {
    const build = find(params);
    const url = buildUrl(organization, build);
    return collection(runs.logs(build).map((log) => ({ ...log, type: "Container", url: `${url}/logs/${log.id}` })));
  });

  const log = {
    schema: {
      params: oneBuild.extend({ logId: z.string() }),
      querystring: z.object({ startLine: z.string().optional(), endLine: z.string().optional() }),
    },
  };
  api.get(`${one}/logs/:logId`, log, async ({ params, query, headers }, reply) => {
    const build = find(params);
    const lines = runs.lines(build, Number(params.logId));
    if (!lines) throw buildError(404, "BuildLogNotFoundException", `The build ${build.id} has no log ${params.logId}.`);
    // Lines count from 1, the last one included.
    const wanted = lines.slice(
      Math.max(0, Number(query.startLine ?? 1) - 1),
      query.endLine === undefined ? undefined : Number(query.endLine),
    );
    if (headers.accept?.includes("text/plain")) {
      return reply.type("text/plain; charset=utf-8").send(wanted.map((line) => `${line}\r\n`).join(""));
    }
    return collection(wanted);
  });

  api.get(`${one}/tags`, { schema: { params: oneBuild } }, async ({ params }) => collection(find(params).tags));

  const tag = { schema: { params: oneBuild.extend({ tag: z.string() }) } };
  api.put(`${one}/tags/:tag`, tag, async ({ params }) => {
    const build = find(params);
    if (!build.tags.includes(params.tag)) build.tags.push(params.tag);
    runs.save();
    return collection(build.tags);
  });

  api.delete(`${one}/tags/:tag`, tag, async ({ params }) => {
    const build = find(params);
    build.tags = build.tags.filter((tag) => tag !== params.tag);
    runs.save();
    return collection(build.tags);
  });
}

function timelineView(organization: Organization, build: Build) {
  const id = timelineId(build);
  const url = buildUrl(organization, build);
  const changed = build.records.flatMap(({ startTime, finishTime }) => finishTime ?? startTime ?? []).sort();
  return {
    id,
    changeId: changed.length,
    lastChangedBy: operatorIdentity(organization).id,
    lastChangedOn: changed.at(-1) ?? build.startTime,
    url: `${url}/Timeline/${id}`,
    records: build.records.map((record) => recordView(url, record)),
  };
}

function recordView(url: string, record: TimelineRecord) {
  const { id, parentId, type, name, identifier, order, state, issues, logId } = record;
  const count = (wanted: string) => issues.filter((issue) => issue.type === wanted).length;
  return {
    previousAttempts: [],
    id,
    parentId: parentId ?? null,
    type,
    name,
    identifier,
    order,
    startTime: record.startTime ?? null,
    finishTime: record.finishTime ?? null,
    state,
    result: record.result ?? null,
    workerName: type === "Job" || type === "Task" ? "Local agent" : null,
    errorCount: count("error"),
    warningCount: count("warning"),
    issues,
    log: logId === undefined ? null : { id: logId, type: "Container", url: `${url}/logs/${logId}` },
    task: null,
    attempt: 1,
  };
}
