import type * as pulumi from "@pulumi/pulumi";
import { defaultPlatform } from "../src/common/platforms";
import { contextOf, type EnvironmentDefinition, pathInContext, platformsOf } from "../src/rules/environment-definition";
import { Pipeline, type PipelineArgs } from "./pipeline";

export interface ImageBuildPipelineArgs extends PipelineArgs {
  /** The registry that it pushes to: host and, if it has one, port. */
  loginServer: pulumi.Input<string>;
  /** Repository in that registry, for example `mlops/diabetes_regression`. */
  imageRepository: pulumi.Input<string>;
  /** Another repository in it, whose cache a build takes as well. Default: none. */
  baseRepository?: string;
  /** What it builds from. */
  definition: EnvironmentDefinition;
  /** Conda files that models are trained in, in the repository: the image's is compared with them before it is built. */
  trainingFiles: string[];
  /** Conda files that models are scored in, likewise. */
  scoringFiles: string[];
  /** What a run does when the conda files do not match: it fails, it warns, or it does not compare them. */
  environmentPolicy: "error" | "warn" | "off";
  /** Version of the Azure ML SDK for the tag `amlsdk-<version>`, unless a run says otherwise. Default: no such tag. */
  amlSdkVersion?: string;
  /** GitHub release for the tag `release-<id>`, unless a run says otherwise. Default: no such tag. */
  githubRelease?: string;
}

/** The pipeline that builds the job container again, from `docker/docker-image-pipeline.yml`. */
export class ImageBuildPipeline extends Pipeline {
  constructor(name: string, args: ImageBuildPipelineArgs, opts?: pulumi.ComponentResourceOptions) {
    const { definition } = args;
    const platforms = platformsOf(definition).join();
    super(
      "mlops:index:ImageBuildPipeline",
      name,
      args,
      [
        { name: "registryConnection", value: args.connection.name, allowOverride: false },
        { name: "loginServer", value: args.loginServer, allowOverride: false },
        { name: "imageRepository", value: args.imageRepository, allowOverride: false },
        // Where there is none, a build takes the cache of its own repository alone.
        ...(args.baseRepository === undefined
          ? []
          : [{ name: "baseRepository", value: args.baseRepository, allowOverride: false }]),
        { name: "dockerfile", value: definition.dockerfile, allowOverride: false },
        // Where there are none, the pipeline has the same defaults.
        ...(definition.buildContext === undefined
          ? []
          : [{ name: "buildContext", value: contextOf(definition), allowOverride: false }]),
        ...(platforms === defaultPlatform ? [] : [{ name: "platforms", value: platforms, allowOverride: false }]),
        { name: "baseImage", value: definition.baseImage, allowOverride: false },
        { name: "condaFile", value: pathInContext(definition, definition.condaFile), allowOverride: false },
        { name: "lockFolder", value: definition.lockFolder ?? "", allowOverride: false },
        { name: "condaChannel", value: definition.condaChannel, allowOverride: false },
        { name: "trainingFiles", value: args.trainingFiles.join("\n"), allowOverride: false },
        { name: "scoringFiles", value: args.scoringFiles.join("\n"), allowOverride: false },
        { name: "environmentPolicy", value: args.environmentPolicy, allowOverride: false },
        { name: "amlsdkversion", value: args.amlSdkVersion ?? "", allowOverride: true },
        { name: "githubrelease", value: args.githubRelease ?? "", allowOverride: true },
      ],
      opts,
    );
  }
}
