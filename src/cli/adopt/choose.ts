import type { Container, Value } from "../../pipeline-files/container";
import { isOpen, variable } from "../../pipeline-files/image";
import type { Job } from "../../pipeline-files/job";
import type { Pipeline } from "../../pipeline-files/read-pipeline";
import { chooseJobs, type JobProblem } from "./choose-jobs";
import { stockImage } from "./image";

/** What of a pipeline is to use the job container. */
export interface Wish {
  /** Image that is replaced: with a tag or digest, or any of them. Default: the stock image. */
  image?: string;
  /** The resource that is changed, by its name. */
  container?: string;
  /** Whether several containers may be changed. */
  all?: true;
  /** Jobs that get the container and have none, by their names: `job`, or `stage.job`. */
  job?: string[];
  /** Whether all jobs get the container that can have one, and all containers with the image are changed. */
  allJobs?: true;
  /** Service connection. Default: `acrconnection`, except where a container has the job container's image already. */
  endpoint?: string;
}

/** What is to be edited. */
export interface Chosen {
  kind: "chosen";
  /** Containers that become the job container. */
  changes: Container[];
  /** Jobs that get it and have none. */
  additions: Job[];
  /** Containers whose image is an expression. */
  open: Container[];
  /** Where the image is a value that such a container may get. */
  values: Value[];
  /** Services that have the image, and keep it. */
  services: Container[];
  /** Jobs that get no container, with the reason. */
  left: JobProblem[];
}

/**
 * What comes of a wish. Nothing is edited where no container is meant (`none`), where several could be (`several`), where
 * one is a service and a job's as well (`shared`), where one cannot be edited (`obstacles`), or where a job is named that
 * cannot get one (`jobs`).
 */
export type Choice =
  | Chosen
  | { kind: "none"; left: JobProblem[] }
  | { kind: "several" | "shared" | "obstacles"; containers: Container[] }
  | { kind: "jobs"; problems: string[] };

/** Chooses what has to be edited, if there is no doubt what. */
export function choose(pipeline: Pipeline, wish: Wish): Choice {
  const jobs = chooseJobs(pipeline, wish);
  if (jobs.kind === "jobs") return jobs;
  const { additions, left } = jobs;
  const nothing: Chosen = { kind: "chosen", changes: [], additions, open: [], values: [], services: [], left };
  if (wish.job !== undefined && !isAboutContainers(wish)) return nothing;

  const containers = chooseContainers(pipeline, wish);
  if (containers.kind !== "none") return containers.kind === "chosen" ? { ...containers, additions, left } : containers;
  return additions.length > 0 ? nothing : { kind: "none", left };
}

function isAboutContainers({ image, container, all, allJobs }: Wish): boolean {
  return [image, container, all, allJobs].some((option) => option !== undefined);
}

function chooseContainers(pipeline: Pipeline, wish: Wish): Exclude<Choice, { kind: "jobs" }> {
  const wanted = wish.image ?? stockImage;
  const meant = (container: Container) =>
    (wish.container === undefined || isCalled(container, wish.container)) &&
    (container.image === variable ||
      isImage(container.image, wanted) ||
      (wish.container !== undefined && wish.image === undefined));
  // A service is changed only if it is called by its name.
  const isService = ({ alias, image }: Container) =>
    wish.container === undefined && image !== variable && pipeline.services.has(keyOf(alias));

  const matching = pipeline.containers.filter(meant);
  const services = matching.filter(isService);
  const shared = services.filter(({ alias }) => pipeline.users.has(keyOf(alias)));
  if (shared.length > 0) return { kind: "shared", containers: shared };
  const candidates = matching.filter((container) => !isService(container));
  if (candidates.length === 0) return { kind: "none", left: [] };

  const changes = candidates.filter((container) => !isAdopted(container, wish.endpoint));
  // Where one of two was chosen by name and is done, the other is not meant as well: it has to be named.
  const isNamed = wish.container !== undefined || wish.image !== undefined;
  const rivals = isNamed ? changes : candidates;
  const mayBeAll = wish.all || wish.allJobs;
  if (changes.length > 0 && rivals.length > 1 && !mayBeAll) return { kind: "several", containers: rivals };
  const obstacles = changes.filter(({ obstacle }) => obstacle !== undefined);
  if (obstacles.length > 0) return { kind: "obstacles", containers: obstacles };

  const open = wish.container === undefined ? pipeline.containers.filter((one) => !meant(one) && isOpen(one)) : [];
  const isContainer = (place: string) => pipeline.containers.some((container) => container.place === place);
  const values =
    open.length === 0 ? [] : pipeline.values.filter(({ text, place }) => isImage(text, wanted) && !isContainer(place));
  return { kind: "chosen", changes, additions: [], open, values, services, left: [] };
}

/** Whether an image is the one that is named: with any tag or digest, unless the name has one. */
export function isImage(image: string | undefined, name: string): boolean {
  if (image === undefined || !image.startsWith(name)) return false;
  // Behind a colon, digits and a slash are a registry's port.
  return /^(?:$|@|:(?!\d+\/))/.test(image.slice(name.length));
}

/** By what a pipeline tells resources: names compare without regard to case. */
export function keyOf(alias = ""): string {
  return alias.toLowerCase();
}

function isCalled({ alias }: Container, name: string): boolean {
  return alias !== undefined && keyOf(alias) === keyOf(name);
}

function isAdopted(container: Container, endpoint = container.endpoint): boolean {
  return container.image === variable && endpoint !== undefined && container.endpoint === endpoint;
}
