import type { StackOutputs } from "../../common/outputs";

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
}: Partial<Pick<StackOutputs, "imageBuildPipeline" | "modelPipelines">>): ShownPipeline[] {
  return [...(imageBuildPipeline ? [imageBuildPipeline] : []), ...modelPipelines].map(({ name, url }) => ({
    name,
    url,
  }));
}
