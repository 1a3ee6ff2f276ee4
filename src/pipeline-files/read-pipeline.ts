import { dirname, join, relative, resolve, sep } from "node:path";
import { UserError } from "../common/errors";
import { gitRoot } from "../common/repository";
import type { Container, Mention, TemplateReference } from "./container";
import { type Found, findContainers } from "./find-containers";
import { type PipelineFile, readPipelineFile } from "./pipeline-file";

/** The containers of a pipeline with its templates, and how they are used. */
export interface Pipeline {
  path: string;
  /** The files that it is read from: its own first, then the templates'. */
  files: string[];
  containers: Container[];
  /** Where a resource is what a job or a step runs in, by its name. */
  jobs: Map<string, string>;
  /** Where a resource is a service of a job, by its name. */
  services: Map<string, string>;
  /** Values of variables, parameters and matrices. */
  values: Mention[];
  /** The templates that were not read, with the reason. */
  unread: Mention[];
}

/** A template's file, or why it cannot be read. */
type Location = { path: string } | { unread: string };

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
  private readonly found: Found[] = [];
  private readonly unread: Mention[] = [];
  private readonly seen = new Set<string>();
  private readonly files: string[] = [];

  constructor(private readonly file: PipelineFile) {
    this.root = repositoryOf(dirname(resolve(file.path)));
  }

  read(): Pipeline {
    this.add(this.file);
    const all = {
      containers: this.found.flatMap(({ containers }) => containers),
      services: this.found.flatMap(({ services }) => services),
      targets: this.found.flatMap(({ targets }) => targets),
      values: this.found.flatMap(({ values }) => values),
    };
    const aliases = new Set(all.containers.flatMap(({ alias }) => alias ?? []));
    const isReference = ({ form, image }: Container) => form.kind === "text" && aliases.has(image ?? "");
    const references = all.containers.filter(isReference).map(({ image, place }) => ({ text: image ?? "", place }));
    return {
      path: this.file.path,
      files: this.files,
      containers: all.containers.filter((container) => !isReference(container)),
      jobs: placesOf([...references, ...all.targets]),
      services: placesOf(all.services),
      values: all.values,
      unread: this.unread,
    };
  }

  private add(file: PipelineFile): void {
    this.seen.add(resolve(file.path));
    this.files.push(file.path);
    const found = findContainers(file);
    this.found.push(found);
    for (const template of found.templates) this.include(template);
  }

  private include(template: TemplateReference): void {
    const { text, place, through } = template;
    const location = this.locate(template);
    if ("unread" in location) {
      this.unread.push({ text: `${text} was not read: ${location.unread}`, place });
      return;
    }
    if (this.seen.has(location.path)) return;
    const path = relative("", location.path);
    const file = readPipelineFile(path);
    if (file !== undefined) this.add(file);
    // The template that it is given to may hand it on to another, whose place is not this one's.
    else if (through !== undefined) this.unread.push({ text: `${text} was not read: there is no file ${path}`, place });
    else throw new UserError(`${place} includes ${text}, but there is no file ${path}: correct its path, or add it`);
  }

  /** Where a template is: https://learn.microsoft.com/azure/devops/pipelines/process/templates#reference-template-paths */
  private locate({ text, file, through, place }: TemplateReference): Location {
    if (text.includes("${{")) return { unread: "its path is an expression" };
    const [path = "", repository] = text.replaceAll("\\", "/").split("@");
    if (repository !== undefined && repository !== "self") return { unread: "it is in another repository" };
    let folder = dirname(resolve(file.path));
    if (repository === "self" || path.startsWith("/")) folder = this.root;
    else if (through !== undefined) {
      const location = this.locate(through);
      if ("unread" in location) return { unread: `it is relative to ${through.text}, which was not read` };
      folder = dirname(location.path);
    }
    const located = join(folder, path);
    if (located.startsWith(this.root + sep)) return { path: located };
    throw new UserError(`${place} includes ${text}, which is outside of the repository (${this.root}): move it there`);
  }
}

/** The folder of the repository that a folder is in. If it is in none: the working directory, or the folder itself. */
function repositoryOf(folder: string): string {
  const root = gitRoot(folder);
  if (root !== undefined) return root;
  return `${folder}${sep}`.startsWith(process.cwd() + sep) ? process.cwd() : folder;
}

function placesOf(mentions: Mention[]): Map<string, string> {
  return new Map(mentions.map(({ text, place }) => [text, place]));
}
