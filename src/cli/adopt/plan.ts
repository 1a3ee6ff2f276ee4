import type { Edit } from "../../conda/text-edit";
import type { Container } from "../../pipeline-files/container";
import { variable } from "../../pipeline-files/image";
import type { PipelineFile } from "../../pipeline-files/pipeline-file";
import type { Pipeline } from "../../pipeline-files/read-pipeline";
import { defaults } from "../../settings/defaults";
import { type Choice, choose, keyOf, type Wish } from "./choose";
import { editContainer, type Target } from "./edit-container";
import { addContainer } from "./edit-job";
import { addResource } from "./edit-resources";

/** What a wish comes to, and the edits that it takes. */
export interface Plan {
  choice: Choice;
  target: Target;
  /** Whether the pipeline gets a container resource that it has not. */
  addsResource: boolean;
  /** Empty if there is nothing to change, or a doubt. */
  edits: Map<PipelineFile, Edit[]>;
}

/** The name of the container resource that is added: the one of this project's own model pipeline. */
const resourceName = "jobcontainer";

export function plan(pipeline: Pipeline, wish: Wish): Plan {
  const { files, containers } = pipeline;
  const choice = choose(pipeline, wish);
  const endpoint = wish.endpoint ?? defaults.connectionName;
  const edits = new Map<PipelineFile, Edit[]>();
  const add = (file: PipelineFile, more: Edit[]) => edits.set(file, [...(edits.get(file) ?? []), ...more]);
  const target = { image: variable, endpoint, alias: freeName(containers) };
  const [own] = files;
  if (choice.kind !== "chosen" || own === undefined) return { choice, target, addsResource: false, edits };

  const { changes, additions } = choice;
  const named = changes.filter(({ form }) => form.kind === "value");
  const existing = nameOfResource(own, containers, changes);
  const isNeeded = named.length > 0 || additions.some(({ file }) => file === own);
  const added = existing === undefined && isNeeded ? addResource(own, target) : undefined;
  if (existing !== undefined) target.alias = existing;
  const hasResource = existing !== undefined || added !== undefined;
  const refused = named.flatMap((container): Container[] => {
    const obstacle = resourceObstacle(container, own, hasResource);
    return obstacle === undefined ? [] : [{ ...container, obstacle }];
  });
  if (refused.length > 0) {
    return { choice: { kind: "obstacles", containers: refused }, target, addsResource: false, edits };
  }
  if (added !== undefined) add(own, [added]);
  for (const container of changes) add(container.file, editContainer(container, target));
  for (const job of additions) {
    add(job.file, [addContainer(job, target, hasResource && job.file === own ? "name" : "mapping")]);
  }
  return { choice, target, addsResource: added !== undefined, edits };
}

/** Why a value cannot become the name of the container resource. */
function resourceObstacle({ file }: Container, own: PipelineFile, hasResource: boolean): string | undefined {
  if (file !== own) {
    return `is a value in a template, whose other pipelines may have no such container resource: give it to the template in ${own.path}, as a parameter`;
  }
  return hasResource
    ? undefined
    : `needs a container resource, and the resources of ${own.path} are no mapping: write them as one`;
}

/** The resource of a file that is the job container, or becomes it. */
function nameOfResource(file: PipelineFile, containers: Container[], changes: Container[]): string | undefined {
  const isOurs = (container: Container) => container.image === variable || changes.includes(container);
  const own = containers.filter((container) => container.file === file && isOurs(container));
  // Under conditions, one name can be several containers.
  const isAlways = (name: string) => containers.every((one) => keyOf(one.alias) !== keyOf(name) || isOurs(one));
  return own.flatMap(({ alias }) => alias ?? []).find(isAlways);
}

function freeName(containers: Container[]): string {
  const taken = new Set(containers.map(({ alias }) => keyOf(alias)));
  const names = Array.from({ length: taken.size + 1 }, (_, index) => `${resourceName}${index === 0 ? "" : index + 1}`);
  return names.find((name) => !taken.has(name)) ?? resourceName;
}
