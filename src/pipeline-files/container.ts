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

/** How a container is written: as a mapping (`image: …` and other keys), or as its image alone (`container: …`). */
export type Form =
  | { kind: "mapping"; mapping: Mapping; image: Entry | undefined; endpoint: Entry | undefined }
  | { kind: "text"; owner: Mapping; entry: Entry };

/** A text in a file. */
export interface Mention {
  text: string;
  /** `path:line` */
  place: string;
}

/** A template that a file extends or includes. */
export interface TemplateReference extends Mention {
  file: PipelineFile;
  /** The template that it is given to as a parameter, and that its path is relative to. */
  through: TemplateReference | undefined;
}
