import type { Container, Mention } from "../../pipeline-files/container";
import { isOpen, variable } from "../../pipeline-files/image";
import type { Pipeline } from "../../pipeline-files/read-pipeline";
import { stockImage } from "./image";

/** What of a pipeline is to use the job container. */
export interface Wish {
  /** Image that is replaced: with a tag or digest, or any of them. Default: the stock image. */
  image?: string;
  /** The resource that is changed, by its name. */
  container?: string;
  /** Whether several containers may be changed. */
  all?: true;
  /** Service connection. Default: `acrconnection`, except where a container has the job container's image already. */
  endpoint?: string;
}

/** What is to be edited. */
export interface Chosen {
  kind: "chosen";
  /** None if the pipeline uses the job container already. */
  changes: Container[];
  /** Containers whose image is an expression. */
  open: Container[];
  /** Where the image is a value that such a container may get. */
  values: Mention[];
  /** Services that have the image, and keep it. */
  services: Container[];
}

/**
 * What comes of a wish. Nothing is edited where no container is meant (`none`), where several could be (`several`), where
 * one is a service and a job's as well (`shared`), or where one cannot be edited (`obstacles`).
 */
export type Choice = Chosen | { kind: "none" } | { kind: "several" | "shared" | "obstacles"; containers: Container[] };

/** Chooses the containers that have to be edited, if there is no doubt which. */
export function choose(pipeline: Pipeline, wish: Wish): Choice {
  const wanted = wish.image ?? stockImage;
  const meant = (container: Container) =>
    (wish.container === undefined || container.alias === wish.container) &&
    (container.image === variable ||
      isImage(container.image, wanted) ||
      (wish.container !== undefined && wish.image === undefined));
  // A service is changed only if it is called by its name.
  const isService = ({ alias, image }: Container) =>
    wish.container === undefined && image !== variable && pipeline.services.has(alias ?? "");

  const matching = pipeline.containers.filter(meant);
  const services = matching.filter(isService);
  const shared = services.filter(({ alias }) => pipeline.jobs.has(alias ?? ""));
  if (shared.length > 0) return { kind: "shared", containers: shared };
  const candidates = matching.filter((container) => !isService(container));
  if (candidates.length === 0) return { kind: "none" };

  const changes = candidates.filter((container) => !isAdopted(container, wish.endpoint));
  // Where one of two was chosen by name and is done, the other is not meant as well: it has to be named.
  const isNamed = wish.container !== undefined || wish.image !== undefined;
  const rivals = isNamed ? changes : candidates;
  if (changes.length > 0 && rivals.length > 1 && !wish.all) return { kind: "several", containers: rivals };
  const obstacles = changes.filter(({ obstacle }) => obstacle !== undefined);
  if (obstacles.length > 0) return { kind: "obstacles", containers: obstacles };

  const open = wish.container === undefined ? pipeline.containers.filter((one) => !meant(one) && isOpen(one)) : [];
  const values = open.length > 0 ? pipeline.values.filter(({ text }) => isImage(text, wanted)) : [];
  return { kind: "chosen", changes, open, values, services };
}

/** Whether an image is the one that is named: with any tag or digest, unless the name has one. */
export function isImage(image: string | undefined, name: string): boolean {
  if (image === undefined || !image.startsWith(name)) return false;
  // Behind a colon, digits and a slash are a registry's port.
  return /^(?:$|@|:(?!\d+\/))/.test(image.slice(name.length));
}

function isAdopted(container: Container, endpoint = container.endpoint): boolean {
  return container.image === variable && endpoint !== undefined && container.endpoint === endpoint;
}
