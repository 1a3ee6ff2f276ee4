import { isScalar, isSeq, type ParsedNode, type Scalar } from "yaml";
import type { Container, Mention, Reference, Scope, TemplateReference, Value } from "./container";
import { defeatedStep } from "./defeated-step";
import { type Job, jobOf, poolOf, type Step } from "./job";
import { mappingObstacle } from "./obstacle";
import {
  type Entry,
  entriesOf,
  entryOf,
  isExpression,
  isMapping,
  type Mapping,
  type PipelineFile,
  partsOf,
  textOf,
} from "./pipeline-file";

/** What of a file has to do with containers. */
export interface Found {
  /** Those that are mappings: resources, and what a job runs in. */
  containers: Container[];
  references: Reference[];
  jobs: Job[];
  /** Names of the resources that are services of a job. */
  services: Mention[];
  /** Names of the resources that single steps run in. */
  targets: Mention[];
  templates: TemplateReference[];
  /** Values of variables, parameters and matrices. */
  values: Value[];
  /** The steps that a container defeats; without a job at the root of a template of steps. */
  defeated: (Step & { job: Job | undefined })[];
}

/** Keys whose value has the keys below it: https://learn.microsoft.com/azure/devops/pipelines/yaml-schema */
const blocks = new Set([
  ...["resources", "stages", "jobs", "phases", "steps", "extends", "strategy", "on", "success", "failure"],
  ...["runOnce", "rolling", "canary", "preDeploy", "deploy", "routeTraffic", "postRouteTraffic"],
]);

/** Keys whose value is data, which parameters are as well: they can hold stages and jobs. */
const data = new Set(["parameters", "variables", "matrix"]);

const jobKinds = ["job", "deployment", "phase"] as const;

/**
 * Finds the containers and jobs of one file, and what says how they are used.
 *
 * @param scope what goes for the file where it is included
 * @param isWhole whether it has what a pipeline has at its root, so that steps there are a job
 */
export function findContainers(file: PipelineFile, scope: Scope = {}, isWhole = true): Found {
  return new Finder(file).find(scope, isWhole);
}

class Finder {
  private readonly found: Found = {
    containers: [],
    references: [],
    jobs: [],
    services: [],
    targets: [],
    templates: [],
    values: [],
    defeated: [],
  };

  constructor(private readonly file: PipelineFile) {}

  find(scope: Scope, isWhole: boolean): Found {
    const { file } = this;
    const inside = { ...scope, pool: poolOf(file, file.root) ?? scope.pool };
    const steps = file.root.items.find(
      ({ key, value }) =>
        textOf(key) === "steps" ||
        (isExpression(textOf(key) ?? "") && isMapping(value) && entriesOf(value, "steps")[0]),
    );
    this.block(file.root, isWhole && steps !== undefined ? this.job("steps", file.root, steps, inside) : inside);
    return this.found;
  }

  /** A pipeline, or a part of it: a stage, a job, a step, a list of them, what is under a condition. */
  private block(node: ParsedNode | null, scope: Scope): void {
    if (isSeq<ParsedNode>(node)) for (const item of node.items) this.item(item, scope);
    if (!isMapping(node)) return;
    const template = this.template(node, scope);
    for (const entry of node.items) {
      const { key, value } = entry;
      const name = textOf(key) ?? "";
      if (blocks.has(name) || isExpression(name)) this.block(value, scope);
      else if (data.has(name)) this.data(value, { ...scope, through: template ?? scope.through }, name !== "variables");
      else if (name === "containers") this.resources(value);
      else if (name === "container") this.jobContainer(node, entry, scope);
      else if (name === "queue") this.queue(value, scope);
      else if (name === "services") this.texts(value, this.found.services);
      else if (name === "target") this.target(value);
    }
  }

  /** An item of a list: a stage, a job, a step, or what is under a condition there. */
  private item(node: ParsedNode, scope: Scope): void {
    this.block(node, isMapping(node) ? this.scopeIn(node, scope) : scope);
  }

  /** What goes for what is in a stage or a job, or in anything else. */
  private scopeIn(node: Mapping, scope: Scope): Scope {
    const kind = jobKinds.find((each) => entryOf(node, each) !== undefined);
    const entry = kind && entryOf(node, kind);
    if (kind !== undefined && entry !== undefined) return this.job(kind, node, entry, scope);
    const stage = entryOf(node, "stage");
    if (stage !== undefined) {
      return { ...scope, stage: textOf(stage.value), pool: poolOf(this.file, node) ?? scope.pool };
    }
    const step = defeatedStep(this.file, node);
    if (step !== undefined) this.found.defeated.push({ ...step, job: scope.job });
    return scope;
  }

  /** @returns the scope of what is in the job */
  private job(kind: Job["kind"], mapping: Mapping, entry: Entry, scope: Scope): Scope {
    const job = jobOf(this.file, mapping, kind, entry, scope);
    this.found.jobs.push(job);
    return { ...scope, job };
  }

  private template(mapping: Mapping, scope: Scope, isData = false): TemplateReference | undefined {
    const entry = entryOf(mapping, "template");
    const text = textOf(entry?.value);
    if (entry === undefined || text === undefined) return undefined;
    const { file } = this;
    const isExtended = entryOf(file.root, "extends")?.value === mapping;
    const template = { text, place: file.place(entry.key), file, scope, isExtended, isData };
    this.found.templates.push(template);
    return template;
  }

  /** @param isParameter whether it may be anything: what is in a list of variables is a variable, or a template of them */
  private data(node: ParsedNode | null, scope: Scope, isParameter: boolean): void {
    if (isSeq<ParsedNode>(node)) for (const item of node.items) this.datum(item, scope, isParameter);
    else if (isPart(node)) this.item(node, scope);
    else if (isMapping(node)) this.pairs(node, scope, isParameter);
    else if (isScalar(node)) this.value(node, undefined, undefined);
  }

  private datum(node: ParsedNode, scope: Scope, isParameter: boolean): void {
    const isTemplate = isMapping(node) && (isParameter ? isInclusion(node) : entryOf(node, "template") !== undefined);
    if (!isTemplate) {
      this.data(node, scope, isParameter);
      return;
    }
    const template = this.template(node, scope, isParameter);
    for (const { value } of entriesOf(node, "parameters")) {
      this.data(value, { ...scope, through: template ?? scope.through }, true);
    }
  }

  /** Values by their names: `image: …`, or `name: image` with a `value` or a `default` beside it. */
  private pairs(owner: Mapping, scope: Scope, isParameter: boolean): void {
    const declared = textOf(entryOf(owner, "name")?.value);
    for (const { key, value } of owner.items) {
      const name = textOf(key);
      const isDeclared = name === "value" || name === "default";
      if (isScalar(value)) this.value(value, isDeclared ? (declared ?? name) : name, owner);
      else this.data(value, scope, isParameter);
    }
  }

  private value(node: Scalar.Parsed, name: string | undefined, owner: Mapping | undefined): void {
    const isRestricted = owner !== undefined && entryOf(owner, "values") !== undefined;
    const flow = owner === undefined || owner.flow === true;
    this.found.values.push({ ...this.mention(node), file: this.file, node, name, flow, isRestricted });
  }

  private resources(node: ParsedNode | null): void {
    const alias = isMapping(node) ? entryOf(node, "container") : undefined;
    if (isMapping(node) && alias !== undefined) this.mappings(node, textOf(alias.value), undefined);
    else for (const child of childrenOf(node)) this.resources(child);
  }

  private jobContainer(owner: Mapping, entry: Entry, { job }: Scope): void {
    const { value } = entry;
    const alias = isMapping(value) ? entryOf(value, "alias") : undefined;
    if (alias !== undefined) this.reference(owner, alias, job, "alias");
    else if (isMapping(value)) this.mappings(value, undefined, job);
    else this.reference(owner, entry, job, "text");
  }

  /** Phases name their container in what their agent is. */
  private queue(node: ParsedNode | null, { job }: Scope): void {
    if (!isMapping(node)) return;
    for (const entry of entriesOf(node, "container")) this.reference(node, entry, job, "phase");
    const matrix = entryOf(node, "matrix");
    if (matrix !== undefined) this.data(matrix.value, {}, true);
  }

  private reference(owner: Mapping, entry: Entry, job: Job | undefined, kind: Reference["kind"]): void {
    const { file } = this;
    const text = textOf(entry.value);
    if (!text) return; // `container: ""` is none
    this.found.references.push({ text, place: file.place(entry.key), file, owner, entry, job, kind });
  }

  /** A container that is a mapping. Where its image depends on conditions, it is several. */
  private mappings(container: Mapping, alias: string | undefined, job: Job | undefined): void {
    const { file } = this;
    const parts = partsOf(container);
    const withImage = parts.filter((part) => entryOf(part, "image") !== undefined);
    for (const mapping of withImage.length === 0 ? [container] : withImage) {
      const [image, endpoint] = [entryOf(mapping, "image"), entryOf(mapping, "endpoint")];
      const found: Container = {
        file,
        place: file.place(image?.key ?? mapping),
        alias,
        image: textOf(image?.value),
        endpoint: textOf(endpoint?.value),
        form: { kind: "mapping", mapping, image, endpoint },
        obstacle: mappingObstacle(file, mapping, parts),
      };
      this.found.containers.push(found);
      job?.containers.push(found);
    }
  }

  /** The container that a step runs in: `target: name`, or `target: {container: name}`. */
  private target(value: ParsedNode | null): void {
    this.texts(isMapping(value) ? entryOf(value, "container")?.value : value, this.found.targets);
  }

  private texts(node: ParsedNode | null | undefined, list: Mention[]): void {
    if (isScalar(node)) list.push(this.mention(node));
    else for (const child of childrenOf(node)) this.texts(child, list);
  }

  private mention(node: ParsedNode): Mention {
    return { text: textOf(node) ?? "", place: this.file.place(node) };
  }
}

/**
 * Whether an item of a list in data includes a template, and is not data that has a key of that name: a template's mapping
 * begins with it, has parameters at most, and names a YAML file.
 */
function isInclusion(node: Mapping): boolean {
  const [first, ...others] = node.items.map(({ key }) => textOf(key));
  const path = textOf(entryOf(node, "template")?.value) ?? "";
  return first === "template" && others.every((key) => key === "parameters") && /\.ya?ml(?:@|$)|\$\{\{/i.test(path);
}

/** Whether a mapping in data is a stage or a job, and not data that has a key of that name. */
function isPart(node: ParsedNode | null): node is Mapping {
  const has = (key: string) => isMapping(node) && entriesOf(node, key).length > 0;
  return ["stage", ...jobKinds].some(has) && ["jobs", "phases", "steps", "strategy"].some(has);
}

function childrenOf(node: ParsedNode | null | undefined): (ParsedNode | null)[] {
  if (isMapping(node)) return node.items.map(({ value }) => value);
  return isSeq<ParsedNode>(node) ? node.items : [];
}
