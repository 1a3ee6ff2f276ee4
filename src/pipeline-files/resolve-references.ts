import type { Container, Mention, Reference, Value } from "./container";
import { textObstacle } from "./obstacle";
import { isMapping, type PipelineFile } from "./pipeline-file";

/** What the references of a pipeline's jobs come to. */
interface Resolved {
  /** Those that are no resources: images, and values that may be images. */
  containers: Container[];
  /** Where resources are named. */
  users: Mention[];
}

/**
 * Finds what jobs run in, and tells the jobs: resources by their names, which compare without regard to case
 * (https://github.com/microsoft/azure-pipelines-agent), values of variables and parameters, or images.
 */
export function resolveReferences(
  references: Reference[],
  containers: Container[],
  values: Value[],
  files: PipelineFile[],
): Resolved {
  const resources = new Map<string, Container[]>();
  for (const container of containers) {
    const name = container.alias?.toLowerCase();
    if (name !== undefined) resources.set(name, [...(resources.get(name) ?? []), container]);
  }
  const named = (text: string) => resources.get(text.toLowerCase());

  const found: Resolved = { containers: [], users: [] };
  const ofValues = new Map<Value, Container>();
  const meaning = (reference: Reference): Container[] => {
    const name = soleName(reference.text);
    const given = values.filter((value) => name !== undefined && value.name?.toLowerCase() === name.toLowerCase());
    if (name === undefined || given.length === 0) {
      if (reference.kind === "alias") return [];
      const container = ofText(reference);
      found.containers.push(container);
      return [container];
    }
    return given.flatMap((value) => {
      const resource = named(value.text);
      if (resource !== undefined) {
        found.users.push({ text: value.text, place: value.place });
        return resource;
      }
      const known = ofValues.get(value) ?? ofValue(value, name, files, references);
      if (!ofValues.has(value)) found.containers.push(known);
      ofValues.set(value, known);
      return [known];
    });
  };
  for (const reference of references) {
    const { text, place, job, kind } = reference;
    const resource = named(text);
    if (resource !== undefined || kind === "alias") found.users.push({ text, place });
    job?.containers.push(...(resource ?? meaning(reference)));
  }
  return found;
}

function ofText(reference: Reference): Container {
  const { file, place, text, owner, entry } = reference;
  const obstacle = textObstacle(reference);
  return {
    file,
    place,
    alias: undefined,
    image: text,
    endpoint: undefined,
    form: { kind: "text", owner, entry },
    obstacle,
  };
}

function ofValue(value: Value, name: string, files: PipelineFile[], references: Reference[]): Container {
  const { file, place, text, node, flow } = value;
  const form = { kind: "value" as const, node, flow };
  const obstacle = valueObstacle(value, name, files, references);
  return { file, place, alias: undefined, image: text, endpoint: undefined, form, obstacle };
}

/**
 * The variable or parameter that is all of a text, and is evaluated before the job gets its container, so that its value
 * can be a resource's name. `$(name)` is not: the agent expands it when it pulls the image.
 */
function soleName(text: string): string | undefined {
  const expression = /^\$(?:\[(.*)\]|\{\{(.*)\}\})$/.exec(text.trim());
  const inside = (expression?.[1] ?? expression?.[2] ?? "").trim();
  const name = /^(?:variables|parameters)(?:\.([\w.]+)|\[\s*'([^']+)'\s*\])$/.exec(inside);
  return name?.[1] ?? name?.[2];
}

/** Why a value cannot become the name of a resource. */
function valueObstacle(value: Value, name: string, files: PipelineFile[], references: Reference[]): string | undefined {
  if (value.isRestricted)
    return `is one of the values that the parameter ${name} may have: add the container's name there`;
  if (value.node.tag !== undefined) return `has a YAML tag (${value.node.tag}): remove it`;
  const place = otherUse(name, files, references);
  return (
    place && `is the value of ${name}, which is used elsewhere too (${place}): give the container a variable of its own`
  );
}

/** Where a variable or parameter is used that is not all of a job's container. */
function otherUse(name: string, files: PipelineFile[], references: Reference[]): string | undefined {
  const escaped = name.replace(/[^\w]/g, "\\$&");
  const inScripts = name.replace(/[^\w]/g, "_").toUpperCase();
  const use = new RegExp(
    `\\$\\(${escaped}\\)|\\b(?:variables|parameters)(?:\\.|\\[\\s*')${escaped}\\b|\\$\\{?${inScripts}\\b|%${inScripts}%`,
    "gi",
  );
  for (const file of files) {
    const isReference = (offset: number) =>
      references.some(({ file: own, entry: { value } }) => {
        const range = own === file && !isMapping(value) ? value?.range : undefined;
        return range != null && offset >= range[0] && offset < range[1];
      });
    for (const { index } of file.text.matchAll(use)) if (!isReference(index)) return file.placeAt(index);
  }
  return undefined;
}
