import type * as pulumi from "@pulumi/pulumi";

/** A service connection. */
export interface ConnectionOutputs {
  /** Its id in Azure DevOps: a GUID. */
  id: string;
  /** By which pipelines name it. */
  name: string;
}

/** A pipeline's definition. */
export interface PipelineOutputs {
  /** The id of its definition: a number. */
  id: string;
  /** The name of its definition. */
  name: string;
  /** Its page in Azure DevOps. */
  url: string;
}

/** A version of an environment in an Azure ML workspace. */
export interface AzureMlEnvironmentOutputs {
  /** The environment's: jobs name it as `azureml:<name>:<version>`, or `azureml:<name>@latest`. */
  name: string;
  /** The version that has the image. */
  version: string;
  /** The name of the workspace. */
  workspace: string;
  /** The workspace's resource group. */
  resourceGroup: string;
}

/** The outputs of a stack of this program, as `pulumi stack output --json` prints them. */
export interface StackOutputs {
  /** The registry that the image is in. */
  registry: {
    /** Its name. */
    name: string;
    /** Host name that images are pushed to and pulled from. */
    loginServer: string;
    /** ARM resource id. */
    id: string;
    /** There where this stack created it. */
    owned?: true;
  };
  /** Name of the resource group that a base environment made. Absent in the environment of a branch. */
  resourceGroup?: string;
  /** The image that jobs run in. */
  image: {
    /** Its repository in the registry. */
    repository: string;
    /** Of what was pushed: `sha256:…`. */
    digest: string;
    /** `<login server>/<repository>@sha256:…` */
    reference: string;
    /** All that it was pushed under. */
    tags: string[];
  };
  /** The connection that pipelines pull the image through. */
  serviceConnection: ConnectionOutputs;
  /** The connection that pushes. Absent where both pipelines share one. */
  pushConnection?: ConnectionOutputs;
  /** The pipeline that builds the image again. */
  imageBuildPipeline: PipelineOutputs;
  /** The team's pipelines whose jobs run in the image. */
  modelPipelines: (PipelineOutputs & {
    /** Of its YAML file, from the repository root. */
    path: string;
    /** There where the definition is not this stack's own. */
    adopted?: true;
  })[];
  /** Absent where the settings ask for none, and in the environment of a branch. */
  infrastructurePipeline?: PipelineOutputs;
  /** Absent where the settings ask for none. */
  azureMlEnvironment?: AzureMlEnvironmentOutputs;
}

/**
 * What is left of them where an operation may have failed on the way: a destroy leaves outputs without what comes from
 * resources that it had deleted by then, ids and addresses for example. Only what settings say is always there, as names
 * and paths are. Before the first update there is nothing.
 */
export type LeftOutputs = {
  [Name in keyof StackOutputs]?: Name extends "modelPipelines"
    ? (Partial<StackOutputs["modelPipelines"][number]> & {
        /** Of its YAML file, from the repository root. */
        path: string;
      })[]
    : Left<NonNullable<StackOutputs[Name]>>;
};

type Left<T> = T extends object ? Partial<T> : T;

/** The same while the program runs: every part of it may come later. */
export type ProgramOutputs = Later<StackOutputs>;

type Later<T> = T extends string | boolean | string[] | undefined
  ? pulumi.Input<T>
  : { [Key in keyof T]: Later<T[Key]> };
