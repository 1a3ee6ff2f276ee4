import type { LeftOutputs } from "../../common/outputs";

/** A pipeline of an environment, as the commands show it. */
export interface ShownPipeline {
  name: string;
  /** Its page in Azure DevOps. */
  url: string;
}

/** All pipelines of an environment: the one that builds the image, and those of the models. */
export function pipelinesOf({
  imageBuildPipeline,
  modelPipelines = [],
}: Pick<LeftOutputs, "imageBuildPipeline" | "modelPipelines">): ShownPipeline[] {
  // One without an address is deleted.
  return [imageBuildPipeline ?? {}, ...modelPipelines].flatMap(({ name, url }) =>
    name !== undefined && url !== undefined ? { name, url } : [],
  );
}
