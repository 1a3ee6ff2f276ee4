import type { Edit } from "../../conda/text-edit";
import { variable } from "../../pipeline-files/image";
import type { PipelineFile } from "../../pipeline-files/pipeline-file";
import type { Pipeline } from "../../pipeline-files/read-pipeline";
import { defaults } from "../../settings/defaults";
import { type Choice, choose, type Wish } from "./choose";
import { editContainer, type Target } from "./edit-container";

/** What a wish comes to, and the edits that it takes. */
export interface Plan {
  choice: Choice;
  target: Target;
  /** Empty if there is nothing to change, or a doubt. */
  edits: Map<PipelineFile, Edit[]>;
}

export function plan(pipeline: Pipeline, wish: Wish): Plan {
  const choice = choose(pipeline, wish);
  const target = { image: variable, endpoint: wish.endpoint ?? defaults.connectionName };
  const edits = new Map<PipelineFile, Edit[]>();
  for (const container of choice.kind === "chosen" ? choice.changes : []) {
    const { file } = container;
    edits.set(file, [...(edits.get(file) ?? []), ...editContainer(container, target)]);
  }
  return { choice, target, edits };
}
