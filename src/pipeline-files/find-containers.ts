import { isScalar, isSeq, type ParsedNode } from "yaml";
import type { Container, Mention, TemplateReference } from "./container";
import { mappingObstacle, textObstacle } from "./obstacle";
import { type Entry, entryOf, isExpression, isMapping, type Mapping, type PipelineFile, textOf } from "./pipeline-file";

/** What of a file has to do with containers. */
export interface Found {
  /** Among them everything that is `container: text`, be it an image or the name of a resource. */
  containers: Container[];
  /** Names of the resources that are services of a job. */
  services: Mention[];
  /** Names of the resources that single steps run in. */
  targets: Mention[];
  templates: TemplateReference[];
  /** Values of variables, parameters and matrices. */
  values: Mention[];
}

/** Keys whose value has the keys below it: https://learn.microsoft.com/azure/devops/pipelines/yaml-schema */
const blocks = new Set([
  ...["resources", "stages", "jobs", "steps", "extends", "strategy", "on", "success", "failure"],
  ...["runOnce", "rolling", "canary", "preDeploy", "deploy", "routeTraffic", "postRouteTraffic"],
]);

/** Keys whose value is data, which parameters are as well: they can hold stages and jobs. */
const data = new Set(["parameters", "variables", "matrix"]);

/** Finds the containers of one file, and what says how they are used. */
export function findContainers(file: PipelineFile): Found {
  return new Finder(file).find();
}

class Finder {
  private readonly found: Found = { containers: [], services: [], targets: [], templates: [], values: [] };
  private readonly seen = new Set<ParsedNode>();

  constructor(private readonly file: PipelineFile) {}

  find(): Found {
    this.block(this.file.root);
    return this.found;
  }

  /** A pipeline, or a part of it: a stage, a job, a step, a list of them, what is under a condition. */
  private block(value: ParsedNode | null, through?: TemplateReference): void {
    const node = this.unseen(value);
    if (isSeq<ParsedNode>(node)) for (const item of node.items) this.block(item, through);
    if (!isMapping(node)) return;
    const template = this.template(node, through);
    for (const entry of node.items) {
      const key = textOf(entry.key) ?? "";
      if (blocks.has(key) || isExpression(key)) this.block(entry.value, through);
      else if (data.has(key)) this.data(entry.value, template ?? through);
      else if (key === "containers") this.resources(entry.value);
      else if (key === "container") this.jobContainer(node, entry);
      else if (key === "services") this.texts(entry.value, this.found.services);
      else if (key === "target") this.target(entry.value);
    }
  }

  private template(mapping: Mapping, through: TemplateReference | undefined): TemplateReference | undefined {
    const entry = entryOf(mapping, "template");
    const text = textOf(this.file.resolve(entry?.value));
    if (entry === undefined || text === undefined) return undefined;
    const template = { text, place: this.file.place(entry.key), file: this.file, through };
    this.found.templates.push(template);
    return template;
  }

  private data(value: ParsedNode | null, through: TemplateReference | undefined): void {
    const node = this.file.resolve(value);
    if (isPart(node)) this.block(node, through);
    else if (isScalar(node)) this.found.values.push(this.mention(node));
    else if (isSeq<ParsedNode>(node) && this.unseen(node)) {
      for (const item of node.items) {
        if (isMapping(item) && entryOf(item, "template") !== undefined) this.block(item, through);
        else this.data(item, through);
      }
    } else for (const child of childrenOf(this.unseen(node))) this.data(child, through);
  }

  private resources(value: ParsedNode | null): void {
    const node = this.unseen(value);
    const alias = isMapping(node) ? entryOf(node, "container") : undefined;
    if (isMapping(node) && alias !== undefined) this.mappings(node, textOf(this.file.resolve(alias.value)));
    else for (const child of childrenOf(node)) this.resources(child);
  }

  private jobContainer(owner: Mapping, entry: Entry): void {
    const { file } = this;
    const node = file.resolve(entry.value);
    if (isMapping(node)) {
      if (this.unseen(node)) this.mappings(node, undefined);
      return;
    }
    const image = textOf(node);
    if (!image) return; // `container: ""` is none
    this.found.containers.push({
      file,
      place: file.place(entry.key),
      alias: undefined,
      image,
      endpoint: undefined,
      form: { kind: "text", owner, entry },
      obstacle: textObstacle(file, entry),
    });
  }

  /** A container that is a mapping. Where its image depends on conditions, it is several. */
  private mappings(container: Mapping, alias: string | undefined): void {
    const { file } = this;
    const parts = this.parts(container);
    const withImage = parts.filter((part) => entryOf(part, "image") !== undefined);
    for (const mapping of withImage.length === 0 ? [container] : withImage) {
      const [image, endpoint] = [entryOf(mapping, "image"), entryOf(mapping, "endpoint")];
      this.found.containers.push({
        file,
        place: file.place(image?.key ?? mapping),
        alias,
        image: textOf(file.resolve(image?.value)),
        endpoint: textOf(file.resolve(endpoint?.value)),
        form: { kind: "mapping", mapping, image, endpoint },
        obstacle: mappingObstacle(file, mapping, parts),
      });
    }
  }

  /** A mapping, and those in it that are under a condition. */
  private parts(mapping: Mapping): Mapping[] {
    const conditional = mapping.items.filter(({ key }) => isExpression(textOf(key) ?? ""));
    const nested = conditional.map(({ value }) => this.file.resolve(value)).filter(isMapping);
    return [mapping, ...nested.flatMap((part) => this.parts(part))];
  }

  /** The container that a step runs in: `target: name`, or `target: {container: name}`. */
  private target(value: ParsedNode | null): void {
    const node = this.file.resolve(value);
    this.texts(isMapping(node) ? entryOf(node, "container")?.value : value, this.found.targets);
  }

  private texts(value: ParsedNode | null | undefined, list: Mention[]): void {
    const node = this.file.resolve(value);
    if (isScalar(node)) list.push(this.mention(node));
    else for (const child of childrenOf(this.unseen(node))) this.texts(child, list);
  }

  private mention(node: ParsedNode): Mention {
    return { text: textOf(node) ?? "", place: this.file.place(node) };
  }

  /** What a value is; undefined the second time, which aliases can lead to. */
  private unseen(value: ParsedNode | null | undefined): ParsedNode | undefined {
    const node = this.file.resolve(value);
    if (node === undefined || this.seen.has(node)) return undefined;
    this.seen.add(node);
    return node;
  }
}

/** Whether a mapping in data is a stage or a job, and not data that has a key of that name. */
function isPart(node: ParsedNode | undefined): node is Mapping {
  const has = (key: string) => isMapping(node) && entryOf(node, key) !== undefined;
  return ["stage", "job", "deployment"].some(has) && ["jobs", "steps", "strategy"].some(has);
}

function childrenOf(node: ParsedNode | undefined): (ParsedNode | null)[] {
  if (isMapping(node)) return node.items.map(({ value }) => value);
  return isSeq<ParsedNode>(node) ? node.items : [];
}
