import type { Container } from "./container";
import { isOpenText } from "./image";
import {
  type Entry,
  entriesOf,
  entryOf,
  isMapping,
  type Mapping,
  type PipelineFile,
  partsOf,
  textOf,
} from "./pipeline-file";

/** Something that an agent runs: a job, a deployment, a phase (which jobs were once), or the steps at a pipeline's root. */
export interface Job {
  file: PipelineFile;
  /** `path:line` */
  place: string;
  kind: "job" | "deployment" | "phase" | "steps";
  /** Undefined if it has none. */
  name: string | undefined;
  /** The stage that it is in, if that has a name. */
  stage: string | undefined;
  mapping: Mapping;
  /** The key that makes it one. */
  entry: Entry;
  pool: Pool | undefined;
  /** Where its services are, if it has any. */
  services: string | undefined;
  /** Where it says what it runs in, if it does. */
  container: string | undefined;
  /** What it runs in, as far as the files show it. */
  containers: Container[];
  /** Its steps that do not do in a container what they are there for, with those of its templates. */
  defeated: Step[];
}

/** Where jobs run. */
export interface Pool {
  /** `path:line` */
  place: string;
  /** `server`, or a pool's name. */
  name: string | undefined;
  vmImage: string | undefined;
}

/** A step that a container defeats. */
export interface Step {
  /** `path:line` */
  place: string;
  /** How it is called. */
  name: string;
  /** What becomes of it in a container. */
  effect: string;
  /** The program that it runs, where that is what may be missing. */
  program?: string;
}

/** Whether a step is defeated also by an image that has these programs. */
export function isDefeatedBy(programs: string[]): (step: Step) => boolean {
  return ({ program }) => program === undefined || !programs.includes(program);
}

/** Reads a mapping that is a job. */
export function jobOf(
  file: PipelineFile,
  mapping: Mapping,
  kind: Job["kind"],
  entry: Entry,
  scope: { stage?: string; pool?: Pool },
): Job {
  const placeOf = (key: string, of = mapping) => entriesOf(of, key).map((each) => file.place(each.key))[0];
  const queues = entriesOf(mapping, "queue").flatMap(({ value }) => (isMapping(value) ? value : []));
  return {
    file,
    place: file.place(entry.key),
    kind,
    // What Azure Pipelines calls the job of a pipeline that has only steps.
    name: kind === "steps" ? "Job" : textOf(entry.value) || undefined,
    stage: scope.stage,
    mapping,
    entry,
    pool: poolOf(file, mapping) ?? scope.pool,
    services: placeOf("services"),
    container: [mapping, ...queues].map((part) => placeOf("container", part)).find((place) => place !== undefined),
    containers: [],
    defeated: [],
  };
}

/** The pool that a pipeline, a stage or a job names. */
export function poolOf(file: PipelineFile, mapping: Mapping): Pool | undefined {
  const [entry] = [...entriesOf(mapping, "pool"), ...entriesOf(mapping, "queue"), ...entriesOf(mapping, "server")];
  if (entry === undefined) return undefined;
  const { key, value } = entry;
  const place = file.place(key);
  if (textOf(key) === "server") return { place, name: "server", vmImage: undefined };
  if (!isMapping(value)) return { place, name: textOf(value), vmImage: undefined };
  const text = (name: string) => entriesOf(value, name).map((each) => textOf(each.value))[0];
  return { place, name: text("name"), vmImage: text("vmImage") };
}

/**
 * Why a job cannot get a container, as the end of a sentence that begins with it. Containers of Linux images run on Linux:
 * https://learn.microsoft.com/azure/devops/pipelines/process/container-phases#requirements
 */
export function obstacleOf({ kind, mapping, file, pool, services }: Job): string | undefined {
  const { name, vmImage } = pool ?? {};
  if (name?.toLowerCase() === "server") return `is a server job (${pool?.place}), which no agent runs`;
  if (kind === "phase") return "is a phase, which takes no container of its own: write jobs instead of phases";
  const [queue] = entriesOf(mapping, "queue");
  if (queue !== undefined)
    return `has a queue (${file.place(queue.key)}), beside which no container can be: write pool`;
  if (kind === "deployment" && services !== undefined) {
    return `is a deployment with services (${services}), which it would not find at their ports any more`;
  }
  const machine = kind === "deployment" ? machineOf(file, mapping) : undefined;
  if (machine !== undefined) return `deploys on virtual machines (${machine}), which run its steps themselves`;
  const host = [vmImage, /^hosted/i.test(name ?? "") ? name : undefined].find((text) => text && isNotLinux(text));
  if (host !== undefined) return `runs on ${host} (${pool?.place}), where Linux images do not run`;
  const inserted = partsOf(mapping)
    .flatMap(({ items }) => items)
    .find(({ key }) => /^\$\{\{\s*(?:each|insert)\b/.test(textOf(key) ?? ""));
  if (inserted !== undefined) {
    return `gets keys from an expression (${file.place(inserted.key)}), which may have a container among them`;
  }
  return undefined;
}

/**
 * Why it is not known whether a job can get a container: its machine is the value of a variable or parameter, and one of
 * those is no Linux machine.
 */
export function doubtOf({ pool }: Job, values: { text: string; place: string }[]): string | undefined {
  const vmImage = pool?.vmImage;
  if (vmImage === undefined || !isOpenText(vmImage)) return undefined;
  const other = values.find(({ text }) => isNotLinux(text));
  return other && `runs on ${vmImage}, which may be ${other.text} (${other.place}), where Linux images do not run`;
}

/** Names of Microsoft's machines: https://learn.microsoft.com/azure/devops/pipelines/agents/hosted */
function isNotLinux(text: string): boolean {
  return /^(?:hosted )?(?:windows|macos|vs ?\d{4}|win\d{4})/i.test(text);
}

/** Where a deployment's environment says that it is of virtual machines. */
function machineOf(file: PipelineFile, mapping: Mapping): string | undefined {
  const environments = entriesOf(mapping, "environment").flatMap(({ value }) => (isMapping(value) ? value : []));
  const types = environments.flatMap((environment) => entryOf(environment, "resourceType") ?? []);
  const machine = types.find(({ value }) => textOf(value)?.toLowerCase() === "virtualmachine");
  return machine && file.place(machine.key);
}

/** By what a job is chosen: its name, or that behind its stage's. */
export function isCalled({ name, stage }: Job, wanted: string): boolean {
  if (name === undefined) return false;
  return [name, `${stage}.${name}`].some((each) => each.toLowerCase() === wanted.toLowerCase());
}
