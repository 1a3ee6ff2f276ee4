import type { Container, Value } from "../../pipeline-files/container";
import { isOpen, variable } from "../../pipeline-files/image";
import { isDefeatedBy, type Job, obstacleOf } from "../../pipeline-files/job";
import type { Pipeline } from "../../pipeline-files/read-pipeline";
import { type Choice, type Chosen, isImage, keyOf, type Wish } from "./choose";
import { fullName } from "./choose-jobs";
import { stockImage } from "./image";
import type { Plan } from "./plan";

const undecided = "its value is known only when the pipeline is compiled or runs";

export interface Circumstances {
  /** Whether the edits were made. */
  written: boolean;
  /** Programs that the image has, of those that steps are known to need. */
  programs: string[];
}

/** What was done or is left to do, a line for each container and job, and what stays as it is, with the reason. */
export function textReport(
  chosen: Chosen,
  pipeline: Pipeline,
  plan: Plan,
  { written, programs }: Circumstances,
): string {
  const { changes, additions, open, values, services, left } = chosen;
  return lines(
    ...(plan.addsResource ? [addedResource(pipeline, plan, written)] : []),
    ...changes.map((container) => change(container, plan, written)),
    ...additions.map((job) => addition(job, written)),
    changes.length + additions.length === 0 ? `${pipeline.path} uses the job container: nothing to change.` : "",
    ...open.map(({ place, image }) => `${place}  ${image} is left as it is: ${undecided}`),
    ...values.map((value) => `${value.place}  ${value.text} is left as it is: ${wayOf(value, open)}`),
    ...services.map(({ place, alias = "" }) => {
      const use = `it is a service (${pipeline.services.get(keyOf(alias))})`;
      return `${place}  ${alias} is left as it is: ${use}; --container ${alias} changes it`;
    }),
    ...left.map(({ job, why }) => `${job.place}  ${fullName(job)} gets no container: it ${why}`),
    ...defeated(chosen, pipeline, programs),
    unread(pipeline),
  );
}

/** What to do about an image that a container gets as a value. Only all of a job's `container` is expanded before it runs. */
function wayOf({ name }: Value, containers: Container[]): string {
  const own = containers.find(
    ({ alias, image = "" }) =>
      name !== undefined && alias === undefined && /\$[[(]/.test(image) && image.includes(name),
  );
  return own === undefined
    ? "a container gets it as a value: edit that container's image and endpoint by hand"
    : `a container gets it as a value (${own.place}): write container: $[ variables['${name}'] ] there, which can be a resource's name, and use this command again`;
}

function addedResource({ path }: Pipeline, { target }: Plan, written: boolean): string {
  const { alias, image, endpoint } = target;
  return `${path}  ${alias} ${written ? "is now" : "is to be"} a container resource: ${image}, pulled through ${endpoint}`;
}

function change({ place, alias, image, form }: Container, { target }: Plan, written: boolean): string {
  const verb = written ? "is now" : "is to be";
  if (form.kind === "value") return `${place}  ${image} ${verb} ${target.alias}, the name of the container resource`;
  const name = alias === undefined ? "" : `${alias}: `;
  const what = image === target.image ? verb : `${verb} ${target.image},`;
  return `${place}  ${name}${image} ${what} pulled through ${target.endpoint}`;
}

/** A step on a container's own machine reaches services at ports; from a container, they have names. */
function addition(job: Job, written: boolean): string {
  const { place, services } = job;
  const runs = `${place}  ${fullName(job)} ${written ? "runs now" : "is to run"} in the job container`;
  if (services === undefined) return runs;
  return `${runs}: it reaches its services (${services}) by their names then, and no longer at localhost`;
}

/** The steps that do not do what they are there for, in the jobs that run in the job container now. */
function defeated({ changes, additions }: Chosen, { jobs }: Pipeline, programs: string[]): string[] {
  const isOurs = (container: Container) => container.image === variable || changes.includes(container);
  const inside = jobs.filter((job) => additions.includes(job) || job.containers.some(isOurs));
  const steps = inside.flatMap((job) => job.defeated).filter(isDefeatedBy(programs));
  return [...new Set(steps.map(({ place, name, effect }) => `${place}  ${name} ${effect}`))];
}

/** Why nothing is changed, with what to do. */
export function refusal(choice: Exclude<Choice, Chosen>, pipeline: Pipeline, wish: Wish): string {
  const { path, services, users } = pipeline;
  switch (choice.kind) {
    case "none":
      return none(pipeline, wish);
    case "several":
      return lines(`several containers of ${path} could be meant:`, table(choice.containers), waysToChoose(choice));
    case "shared":
      return lines(
        ...choice.containers.map(({ place, alias = "" }) => {
          const key = keyOf(alias);
          const uses = `what a job runs in (${users.get(key)}) and a service (${services.get(key)})`;
          return `${place}: ${alias} is ${uses}: give the job one of its own, or change both with --container ${alias}`;
        }),
      );
    case "obstacles":
      return lines(
        ...choice.containers.map(({ place, alias, image, form, obstacle }) => {
          const name = alias ?? (form.kind === "value" ? image : "the container");
          return `${place}: ${name} ${obstacle}`;
        }),
      );
    case "jobs":
      return lines(...choice.problems, jobsWithout(pipeline));
  }
}

function waysToChoose({ containers }: { containers: Container[] }): string {
  const aliases = new Set(containers.flatMap(({ alias }) => alias ?? []));
  const images = new Set(containers.map(({ image }) => image));
  return [
    aliases.size > 1 ? "Choose a resource with --container <alias>, " : "Choose ",
    images.size > 1 ? "an image with --image <name:tag>, or " : "",
    "all of them with --all.",
  ].join("");
}

function none(pipeline: Pipeline, { container, image }: Wish): string {
  const { path, containers, services, values } = pipeline;
  const wanted = image ?? stockImage;
  const runs = container === undefined || image !== undefined ? [`has the image ${wanted}`] : [];
  const is = container === undefined ? [] : [`is called ${container}`];
  return lines(
    `no container of ${path}'s jobs ${[...is, ...runs].join(" and ")}${containers.length === 0 ? "" : ":"}`,
    table(containers, services),
    ...values
      .filter(({ text, place }) => isImage(text, wanted) && containers.every((one) => one.place !== place))
      .map((value) => `${value.place}  ${value.text}: ${wayOf(value, containers)}`),
    unread(pipeline),
    containers.length > 0 ? "Choose a resource with --container <alias>, or an image with --image <name>." : "",
    jobsWithout(pipeline),
    containers.length + pipeline.jobs.length === 0 ? whatElse(pipeline) : "",
  );
}

function whatElse({ unread, path }: Pipeline): string {
  return unread.length > 0
    ? "Use this command on the templates that were not read, where they are."
    : `There are no jobs in ${path}: name a pipeline's file.`;
}

/** The jobs that could get a container, and those that could not, with what to type. */
function jobsWithout({ path, jobs }: Pipeline): string {
  const bare = jobs.filter(({ container }) => container === undefined);
  if (bare.length === 0) return "";
  const width = widest(bare.map(({ place }) => place));
  const rows = bare.map((job) => {
    const why = obstacleOf(job);
    return `  ${job.place.padEnd(width)}  ${fullName(job)}${why === undefined ? "" : ` gets none: it ${why}`}`;
  });
  const [first, ...others] = bare.filter((job) => job.name !== undefined && obstacleOf(job) === undefined);
  const ways = [
    ...(first === undefined ? [] : [`--job ${shellWord(fullName(first))}`]),
    ...(first === undefined || others.length > 0 ? ["--all-jobs"] : []),
  ];
  const isPossible = bare.some((job) => obstacleOf(job) === undefined);
  return lines(
    "jobs without a container:",
    ...rows,
    isPossible ? "Give them the job container with:" : "None of them can have one.",
    ...(isPossible ? ways.map((way) => `  npx job-container adopt ${shellWord(path)} ${way}`) : []),
  );
}

function shellWord(text: string): string {
  return /^[\w./@:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function table(containers: Container[], services = new Map<string, string>()): string {
  const rows = containers.map((container) => {
    const { place, alias = "", image = "no image" } = container;
    const service = services.get(keyOf(alias));
    const notes = [isOpen(container) ? undecided : [], service === undefined ? [] : `a service, ${service}`].flat();
    return { place, alias, image: notes.length === 0 ? image : `${image} (${notes.join("; ")})` };
  });
  const [places, aliases] = [widest(rows.map(({ place }) => place)), widest(rows.map(({ alias }) => alias))];
  const names = (alias: string) => (aliases === 0 ? "" : `${alias.padEnd(aliases)}  `);
  return rows.map(({ place, alias, image }) => `  ${place.padEnd(places)}  ${names(alias)}${image}`).join("\n");
}

function widest(texts: string[]): number {
  return Math.max(...texts.map((text) => text.length));
}

function unread(pipeline: Pipeline): string {
  return lines(...pipeline.unread.map(({ place, text }) => `${place}  ${text}`));
}

function lines(...parts: string[]): string {
  return parts.filter((part) => part !== "").join("\n");
}
