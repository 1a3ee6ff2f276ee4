import { variable } from "../../pipeline-files/image";
import { doubtOf, isCalled, type Job, obstacleOf } from "../../pipeline-files/job";
import type { Pipeline } from "../../pipeline-files/read-pipeline";
import type { Wish } from "./choose";

/** A job that gets no container, and why: the end of a sentence that begins with the job. */
export interface JobProblem {
  job: Job;
  why: string;
}

/** The jobs of a wish, or what is wrong with those that it names. */
type JobChoice = { kind: "chosen"; additions: Job[]; left: JobProblem[] } | { kind: "jobs"; problems: string[] };

/** Chooses the jobs that get a container. */
export function chooseJobs(pipeline: Pipeline, wish: Wish): JobChoice {
  const bare = pipeline.jobs.filter(({ container }) => container === undefined);
  if (wish.allJobs) {
    const left = bare.flatMap((job) => {
      const why = obstacleOf(job) ?? withWay(doubtOf(job, pipeline.values), job);
      return why === undefined ? [] : [{ job, why }];
    });
    return { kind: "chosen", additions: bare.filter((job) => left.every((one) => one.job !== job)), left };
  }
  const problems: string[] = [];
  const additions = (wish.job ?? []).flatMap((name): Job[] => {
    const called = pipeline.jobs.filter((job) => isCalled(job, name));
    const [job, ...others] = called;
    if (job === undefined) problems.push(`${pipeline.path} has no job ${name}`);
    else if (others.length > 0) {
      const places = called.map((one) => `${fullName(one)} (${one.place})`).join(", ");
      problems.push(`several jobs are called ${name}: ${places}; name the stage as well, or take all with --all-jobs`);
    } else {
      const why = problemOf(job);
      if (why !== undefined) problems.push(`${job.place}: ${name} ${why}`);
      else if (job.container === undefined) return [job];
    }
    return [];
  });
  return problems.length > 0
    ? { kind: "jobs", problems }
    : { kind: "chosen", additions: [...new Set(additions)], left: [] };
}

/** How a job can be named. */
export function fullName({ name, stage, kind }: Job): string {
  if (name === undefined) return `a ${kind} without a name`;
  return stage === undefined ? name : `${stage}.${name}`;
}

/** Why a job that was named gets no container; undefined also if it has the job container. */
function problemOf(job: Job): string | undefined {
  const { container, containers } = job;
  if (container === undefined) return obstacleOf(job);
  const other = containers.find(({ image }) => image !== variable);
  if (other !== undefined) {
    const way = other.alias === undefined ? `--image ${other.image}` : `--container ${other.alias}`;
    return `runs in ${other.image ?? other.alias} (${other.place}) already: change that with ${way}`;
  }
  return containers.length > 0
    ? undefined
    : `names a container already (${container}) that is not known: remove that line`;
}

/** What is in doubt is done for a job that is named. */
function withWay(doubt: string | undefined, job: Job): string | undefined {
  return doubt && `${doubt}: if it does not, take it with --job ${fullName(job)}`;
}
