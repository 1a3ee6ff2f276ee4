import type * as pulumi from "@pulumi/pulumi";
import { Pipeline, type PipelineArgs } from "./pipeline";

export interface ImageBuildPipelineArgs extends PipelineArgs {
  /** Repository in the registry that it pushes to, for example `mlops/diabetes_regression`. */
  imageRepository: string;
  /** The image that the Dockerfile starts from, with its digest. */
  baseImage: pulumi.Input<string>;
  /** The conda file whose packages are installed, from the Dockerfile's folder. */
  condaFile: string;
  /** Folder of the conda file's lock file, in the repository. Default: the conda file's own. */
  lockFolder?: string;
  /** Conda channel that the environment's packages come from. */
  condaChannel: string;
  /** Version of the Azure ML SDK for the tag `amlsdk-<version>`, unless a run says otherwise. Default: no such tag. */
  amlSdkVersion?: string;
  /** GitHub release for the tag `release-<id>`, unless a run says otherwise. Default: no such tag. */
  githubRelease?: string;
}

/** The pipeline that builds the job container again, from `docker/docker-image-pipeline.yml`. */
export class ImageBuildPipeline extends Pipeline {
  constructor(name: string, args: ImageBuildPipelineArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      "mlops:index:ImageBuildPipeline",
      name,
      args,
      [
        { name: "registryConnection", value: args.connection.name, allowOverride: false },
        { name: "imageRepository", value: args.imageRepository, allowOverride: false },
        { name: "baseImage", value: args.baseImage, allowOverride: false },
        { name: "condaFile", value: args.condaFile, allowOverride: false },
        { name: "lockFolder", value: args.lockFolder ?? "", allowOverride: false },
        { name: "condaChannel", value: args.condaChannel, allowOverride: false },
        { name: "amlsdkversion", value: args.amlSdkVersion ?? "", allowOverride: true },
        { name: "githubrelease", value: args.githubRelease ?? "", allowOverride: true },
      ],
      opts,
    );
  }
}
