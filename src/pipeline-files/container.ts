import type { Scalar } from "yaml";
import type { Job, Pool } from "./job";
import type { Entry, Mapping, PipelineFile } from "./pipeline-file";

/** A container that a pipeline's jobs run in, or that is one of their services. */
export interface Container {
  file: PipelineFile;
  /** `path:line` */
  place: string;
  /** The name by which jobs refer to it, if it is a resource. */
  alias: string | undefined;
  /** Undefined if it has none: a resource can name its registry and repository instead. */
  image: string | undefined;
  /** The service connection that it is pulled through. */
  endpoint: string | undefined;
  form: Form;
  /** Why it cannot be edited, with what to do. */
  obstacle: string | undefined;
}

/**
 * How a container is written: as a mapping (`image: …` and other keys), as its image alone (`container: …`), or as the
 * value of a variable or a parameter that is all of a job's `container`.
 */
export type Form =
  | { kind: "mapping"; mapping: Mapping; image: Entry | undefined; endpoint: Entry | undefined }
  | { kind: "text"; owner: Mapping; entry: Entry }
  | { kind: "value"; node: Scalar.Parsed; flow: boolean };

/** A text in a file. */
export interface Mention {
  text: string;
  /** `path:line` */
  place: string;
}

/** `container: …` of a job: the name of a resource, or an image. */
export interface Reference extends Mention {
  file: PipelineFile;
  owner: Mapping;
  entry: Entry;
  job: Job | undefined;
  /** `container: …`; `container: {alias: …}`, which is a name and no image; or `queue: {container: …}` of a phase, too. */
  kind: "text" | "alias" | "phase";
}

/** The value of a variable, of a parameter or of a matrix's leg. */
export interface Value extends Mention {
  file: PipelineFile;
  node: Scalar.Parsed;
  /** Name of the variable or parameter. */
  name: string | undefined;
  /** Whether it is in brackets. */
  flow: boolean;
  /** Whether its declaration lists the values that it may have. */
  isRestricted: boolean;
}

/** What goes for all of a part of a pipeline. */
export interface Scope {
  /** The template that it is given to as a parameter, and that paths in it are relative to. */
  through?: TemplateReference;
  /** Undefined outside of jobs, and at the root of a template of steps. */
  job?: Job;
  /** Name of the stage. */
  stage?: string;
  pool?: Pool;
}

/** A template that a file extends or includes. */
export interface TemplateReference extends Mention {
  file: PipelineFile;
  scope: Scope;
  /** Whether the pipeline extends it, so that it has at its root what a pipeline has. */
  isExtended: boolean;
  /** Whether it is part of a parameter: what gets it decides whether it is a template at all. */
  isData: boolean;
}
