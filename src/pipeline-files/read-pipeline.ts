import { dirname, relative, resolve, sep } from "node:path";
import { UserError } from "../common/errors";
import { gitRoot } from "../common/repository";
import type { Container, Mention, TemplateReference, Value } from "./container";
import { type Found, findContainers } from "./find-containers";
import type { Job, Step } from "./job";
import { locateTemplate } from "./locate-template";
import { type PipelineFile, readPipelineFile } from "./pipeline-file";
import { resolveReferences } from "./resolve-references";

/** The containers and jobs of a pipeline with its templates, and how they are used. */
export interface Pipeline {
  path: string;
  /** Absolute path of the repository's root. */
  root: string;
  /** The files that it is read from: its own first, then the templates'. */
  files: PipelineFile[];
  /** Everything that has an image: resources, and what jobs run in. */
  containers: Container[];
  jobs: Job[];
  /** Where a resource is what a job or a step runs in, by its name in lower case. */
  users: Map<string, string>;
  /** Where a resource is a service of a job, by its name in lower case. */
  services: Map<string, string>;
  /** Values of variables, parameters and matrices. */
  values: Value[];
  /** The templates that were not read, with the reason. */
  unread: Mention[];
}

/**
 * Reads a pipeline and the templates that it extends or includes.
 *
 * @returns undefined if there is no such file
 * @throws UserError if one of the files is not a pipeline's YAML or is missing
 */
export function readPipeline(path: string): Pipeline | undefined {
  const file = readPipelineFile(path);
  return file && new Reader(file).read();
}

class Reader {
  private readonly root: string;
  private readonly files: PipelineFile[] = [];
  /** What is in the files, by their absolute paths. */
  private readonly found = new Map<string, Found>();
  /** The files of the templates that were read. */
  private readonly included = new Map<TemplateReference, string>();
  private readonly unread: Mention[] = [];

  constructor(private readonly file: PipelineFile) {
    this.root = repositoryOf(dirname(resolve(file.path)));
  }

  read(): Pipeline {
    this.add(this.file, findContainers(this.file));
    const all = [...this.found.values()];
    const resources = all.flatMap(({ containers }) => containers);
    const values = all.flatMap((found) => found.values);
    const references = all.flatMap((found) => found.references);
    const { containers, users } = resolveReferences(references, resources, values, this.files);
    const jobs = all.flatMap((found) => found.jobs);
    for (const job of jobs) job.defeated.push(...this.defeatedIn(job));
    return {
      path: this.file.path,
      root: this.root,
      files: this.files,
      containers: [...resources, ...containers],
      jobs,
      users: placesOf([...users, ...all.flatMap(({ targets }) => targets)]),
      services: placesOf(all.flatMap(({ services }) => services)),
      values,
      unread: this.unread,
    };
  }

  private add(file: PipelineFile, found: Found): void {
    this.files.push(file);
    this.found.set(resolve(file.path), found);
    for (const template of found.templates) this.include(template);
  }

  private include(template: TemplateReference): void {
    const location = locateTemplate(this.root, template);
    if (location.kind === "file") this.includeFile(template, location.path);
    else if (location.kind !== "outside") this.leave(template, location.why);
    else if (template.isData) this.leave(template, "it would be outside of the repository");
    else {
      const { text, place } = template;
      throw new UserError(
        `${place} includes ${text}, which is outside of the repository (${this.root}): move it there`,
      );
    }
  }

  private includeFile(template: TemplateReference, absolutePath: string): void {
    this.included.set(template, absolutePath);
    if (this.found.has(absolutePath)) return;
    const { text, place, isExtended, isData } = template;
    const { stage, pool, through } = template.scope;
    const path = relative("", absolutePath);
    const file = readPipelineFile(path);
    if (file !== undefined) this.add(file, findContainers(file, { stage, pool }, isExtended));
    // The template that it is given to may hand it on to another, whose place is not this one's.
    else if (isData || through !== undefined) this.leave(template, `there is no file ${path}`);
    else throw new UserError(`${place} includes ${text}, but there is no file ${path}: correct its path, or add it`);
  }

  private leave({ text, place }: TemplateReference, why: string): void {
    this.unread.push({ text: `${text} was not read: ${why}`, place });
  }

  /** The steps of a job, and of the templates of steps in it, that a container defeats. */
  private defeatedIn(job: Job): Step[] {
    const steps: Step[] = [];
    const seen = new Set<string>();
    const collect = (found: Found, owner: Job | undefined) => {
      steps.push(...found.defeated.filter((step) => step.job === owner));
      for (const template of found.templates) {
        const path = template.scope.job === owner ? this.included.get(template) : undefined;
        const next = path === undefined || seen.has(path) ? undefined : this.found.get(path);
        if (path === undefined || next === undefined) continue;
        seen.add(path);
        collect(next, undefined);
      }
    };
    const own = this.found.get(resolve(job.file.path));
    if (own !== undefined) collect(own, job);
    return steps;
  }
}

/** The folder of the repository that a folder is in. If it is in none: the working directory, or the folder itself. */
function repositoryOf(folder: string): string {
  const root = gitRoot(folder);
  if (root !== undefined) return root;
  return `${folder}${sep}`.startsWith(process.cwd() + sep) ? process.cwd() : folder;
}

function placesOf(mentions: Mention[]): Map<string, string> {
  return new Map(mentions.map(({ text, place }) => [text.toLowerCase(), place]));
}
