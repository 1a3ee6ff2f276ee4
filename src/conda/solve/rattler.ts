import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { isFrom } from "./channels";
import { virtualPackages } from "./virtual-packages";

/** A package of a solution. */
export interface SolvedPackage {
  name: string;
  version: string;
  build: string;
  /** Folder of the channel, for example linux-64 or noarch. */
  subdir: string;
  url: string;
  /** In hexadecimal digits, as the next. A channel may have one, both or neither. */
  sha256?: string;
  md5?: string;
  /** Specifications of what it depends on. */
  depends: string[];
}

export interface SolveTask {
  /** None of them with a channel: rattler would end the process. */
  specifications: string[];
  /** URLs, in the order of their priority: a package comes from the first that has it. */
  channels: string[];
  /** As conda names it. */
  platform: string;
  /** Packages to choose from besides those that the channels' priorities leave. */
  candidates?: SolvedPackage[];
  /** Milliseconds. */
  timeout: number;
}

export type SolveOutcome =
  | { kind: "solved"; packages: SolvedPackage[] }
  /** The specifications contradict each other or what the channels have. */
  | { kind: "unsolvable"; reason: string; absent: string[] }
  /** Channels that did not answer as a channel does. */
  | { kind: "broken"; problems: ChannelProblem[] };

export interface ChannelProblem {
  /** What was asked for, or the channel itself. */
  url: string;
  /** What was wrong with the answer, to follow the URL. */
  text: string;
}

interface Request {
  state: "pending" | "absent" | "whole" | "failed";
  problem?: string;
}

type Message =
  | { kind: "compiled"; module: object }
  | ({ kind: "request"; url: string } & Request)
  | { kind: "solved"; packages: SolvedPackage[] }
  | { kind: "failed"; message: string };

/** Kept, and never read: what is compiled of it is there for the next thread. */
// biome-ignore lint/correctness/noUnusedVariables: see above
let compiled: object | undefined;

/**
 * Solves with rattler, in a thread that ends with the answer or at the time limit. Never throws: whatever goes wrong is
 * an outcome.
 */
export function solve(task: SolveTask): Promise<SolveOutcome> {
  const { specifications, channels, platform, timeout } = task;
  const worker = new Worker(join(__dirname, "rattler-worker.js"), {
    workerData: {
      specifications,
      channels,
      platforms: [platform, "noarch"],
      candidates: [
        ...virtualPackages(platform).map((virtual) => ({ ...virtual, subdir: platform, depends: [] })),
        ...(task.candidates ?? []),
      ].map(asCandidate),
    },
    execArgv: [],
    // A panic's own account of itself, which is of no use to the reader.
    stderr: true,
  });
  const requests = new Map<string, Request>();
  return new Promise((resolve) => {
    const end = (outcome: SolveOutcome) => {
      clearTimeout(timer);
      resolve(outcome);
      void worker.terminate();
    };
    const fail = (message: string) => end(explain(message, channels, platform, requests));
    const timer = setTimeout(() => end(explainTimeout(timeout, channels, requests)), timeout);
    // What makes rattler panic is an answer that it cannot unpack; specifications were read by it before.
    worker.on("error", (error) => fail(`failed to read repodata: ${error}`));
    worker.on("message", (message: Message) => {
      if (message.kind === "compiled") compiled ??= message.module;
      else if (message.kind === "request") requests.set(message.url, message);
      else if (message.kind === "failed") fail(message.message);
      else end(accept(message.packages, channels, platform));
    });
  });
}

/** A package as rattler's binding takes it: it calls these candidates "locked packages". */
function asCandidate({ name, version, build, ...more }: Omit<SolvedPackage, "url"> & { url?: string }) {
  return {
    url: `virtual:/${name}`,
    ...more,
    packageName: name,
    version,
    build,
    filename: `${name}-${version}-${build}.conda`,
  };
}

/** A solution, unless a channel says of one of its packages that it is for another platform, or is somewhere else. */
function accept(solution: SolvedPackage[], channels: string[], platform: string): SolveOutcome {
  const packages = solution.filter(({ name }) => !name.startsWith("__"));
  const problems = packages.flatMap(({ name, subdir, url }): ChannelProblem[] => {
    if (subdir !== platform && subdir !== "noarch") {
      return [{ url, text: `is a package for ${subdir} according to the channel, and not for ${platform}` }];
    }
    if (isFrom(url, channels)) return [];
    return [{ url: channels.join(" or "), text: `has ${name} somewhere else, at ${url}, which no lock file may` }];
  });
  return problems.length > 0
    ? { kind: "broken", problems: onePerChannel(problems, channels) }
    : { kind: "solved", packages };
}

function explain(message: string, channels: string[], platform: string, requests: Map<string, Request>): SolveOutcome {
  const failed = [...requests].flatMap(([url, { problem }]) => (problem === undefined ? [] : [{ url, text: problem }]));
  if (failed.length > 0) return { kind: "broken", problems: onePerChannel(failed, channels) };
  const without = (subdir: string) => channels.filter((url) => isAbsent(`${url}/${subdir}/`, requests));
  const missing = (subdir: string) => (url: string) => ({ url, text: `has no ${subdir}/repodata.json` });
  if (without("noarch").length > 0) return { kind: "broken", problems: without("noarch").map(missing("noarch")) };
  const absent = without(platform);
  if (absent.length === channels.length) return { kind: "broken", problems: absent.map(missing(platform)) };
  if (/^failed to .*(?:repodata|shard)/.test(message)) {
    const text = "has metadata of a package that cannot be read";
    return { kind: "broken", problems: [{ url: channels.join(" or "), text }] };
  }
  return { kind: "unsolvable", reason: message.replace(/^Cannot solve the request because of: /, ""), absent };
}

/** Whether a folder was asked for in every form that it may have, and is there in none. */
function isAbsent(folder: string, requests: Map<string, Request>): boolean {
  const states = [...requests].flatMap(([url, { state }]) => (url.startsWith(folder) ? [state] : []));
  return states.length > 0 && states.every((state) => state === "absent");
}

function explainTimeout(timeout: number, channels: string[], requests: Map<string, Request>): SolveOutcome {
  const seconds = `${timeout / 1000} s`;
  const problems = [...requests].flatMap(([url, { state }]) =>
    state === "pending" ? [{ url, text: `has not answered in full after ${seconds}` }] : [],
  );
  if (problems.length > 0) return { kind: "broken", problems: onePerChannel(problems, channels) };
  return { kind: "unsolvable", reason: `no solution was found within ${seconds}`, absent: [] };
}

/** A channel that fails does so for each of its folders, as far as they were asked for. */
function onePerChannel(problems: ChannelProblem[], channels: string[]): ChannelProblem[] {
  const channelOf = ({ url }: ChannelProblem) => channels.find((channel) => isFrom(url, [channel]));
  return [...new Map(problems.toReversed().map((problem) => [channelOf(problem), problem])).values()].toReversed();
}
