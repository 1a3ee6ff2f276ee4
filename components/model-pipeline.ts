import * as pulumi from "@pulumi/pulumi";
import type { ContainerImage } from "./container-image";
import { Pipeline, type PipelineArgs } from "./pipeline";

export interface ModelPipelineArgs extends PipelineArgs {
  /** The image that its jobs run in. */
  image: ContainerImage;
}

/**
 * The team's CI, whose jobs run in the job container. Its YAML file names the image `$(jobContainerImage)`, which the
 * agent expands before it pulls: the repository with the digest that this stack built, without the registry's host,
 * which the agent takes from the service connection.
 */
export class ModelPipeline extends Pipeline {
  constructor(name: string, args: ModelPipelineArgs, opts?: pulumi.ComponentResourceOptions) {
    const { repository, digest } = args.image;
    super(
      "mlops:index:ModelPipeline",
      name,
      args,
      [{ name: "jobContainerImage", value: pulumi.interpolate`${repository}@${digest}`, allowOverride: false }],
      opts,
    );
  }
}
