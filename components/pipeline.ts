import * as azuredevops from "@pulumi/azuredevops";
import * as pulumi from "@pulumi/pulumi";
import type { PipelineSource } from "../src/lookups/pipeline-source";
import { type Transform, transformed } from "../src/pulumi/transform";
import type { RegistryConnection } from "./registry-connection";

export interface PipelineArgs {
  /** Name of the definition. Unique in its folder. */
  pipelineName: string;
  /** Folder of the definition, for example `\ml`. Default: `\`, the root. */
  folder?: string;
  source: PipelineSource;
  /** Path of its YAML file in the repository. */
  yamlPath: string;
  /** The service connection that it may use. */
  connection: Pick<RegistryConnection, "id" | "name">;
  /**
   * Binds the definition to a branch: pushes to it start runs, and to no other, whatever the YAML file's trigger says.
   * Default: the YAML file's trigger, which is evaluated on every branch.
   */
  trigger?: {
    branch: string;
    /** Only changes below these paths. Default: all changes. */
    paths?: { includes: string[]; excludes: string[] };
  };
  /**
   * Whether the `pr` in the YAML file starts runs on pull requests, whose file is that of the pull request. GitHub only: in
   * Azure Repos branch policies do. Default: `true`.
   */
  pullRequests?: boolean;
  transform?: {
    definition?: Transform<azuredevops.BuildDefinitionArgs>;
    authorization?: Transform<azuredevops.PipelineAuthorizationArgs>;
    repositoryAuthorization?: Transform<azuredevops.PipelineAuthorizationArgs>;
  };
}

/** A variable on the definition. `allowOverride`: who queues a run may set another value. */
export interface PipelineVariable {
  name: string;
  value: pulumi.Input<string>;
  allowOverride: boolean;
}

/**
 * A pipeline definition on a YAML file, with permission to use the service connection. What the image-build and the
 * model pipeline have in common.
 */
export abstract class Pipeline extends pulumi.ComponentResource {
  /** Id of the definition: a number. */
  readonly id: pulumi.Output<string>;
  readonly name: pulumi.Output<string>;
  /** The pipeline's page in Azure DevOps. */
  readonly url: pulumi.Output<string>;
  /** The raw resources. */
  readonly nodes: {
    definition: azuredevops.BuildDefinition;
    authorization: azuredevops.PipelineAuthorization;
    /** For the service connection through which the repository is read: GitHub only. */
    repositoryAuthorization?: azuredevops.PipelineAuthorization;
  };

  protected constructor(
    type: string,
    name: string,
    args: PipelineArgs,
    variables: PipelineVariable[],
    opts?: pulumi.ComponentResourceOptions,
    definitionOpts?: pulumi.CustomResourceOptions,
  ) {
    super(type, name, {}, opts);
    const parent = { parent: this };
    const { source, connection, transform } = args;

    const definition = createDefinition();
    const authorization = permit(name, connection.id, transform?.authorization);
    // Without it the first run waits for somebody to press "Permit", as for any other connection.
    const { serviceConnectionId } = source.repository;
    const repositoryAuthorization =
      serviceConnectionId === undefined
        ? undefined
        : permit(`${name}-repository`, serviceConnectionId, transform?.repositoryAuthorization);

    this.id = definition.id;
    this.name = definition.name;
    this.url = pulumi.interpolate`${source.projectUrl}/_build?definitionId=${definition.id}`;
    this.nodes = { definition, authorization, repositoryAuthorization };
    this.registerOutputs({ id: this.id, name: this.name, url: this.url });

    function createDefinition() {
      return new azuredevops.BuildDefinition(
        ...transformed<azuredevops.BuildDefinitionArgs>(
          transform?.definition,
          name,
          {
            projectId: source.projectId,
            name: args.pipelineName,
            path: args.folder ?? "\\",
            repository: { ...source.repository, ymlPath: args.yamlPath },
            ciTrigger: ciTrigger(args.trigger),
            // Azure Repos runs pipelines on pull requests by a branch policy; for GitHub it is up to the definition.
            ...(source.repository.repoType === "GitHub" &&
              args.pullRequests !== false && {
                pullRequestTrigger: { useYaml: true, forks: { enabled: false, shareSecrets: false } },
              }),
            variables,
          },
          { ...definitionOpts, ...parent },
        ),
      );
    }

    function permit(
      resourceName: string,
      resourceId: pulumi.Input<string>,
      change?: Transform<azuredevops.PipelineAuthorizationArgs>,
    ) {
      return new azuredevops.PipelineAuthorization(
        ...transformed<azuredevops.PipelineAuthorizationArgs>(
          change,
          resourceName,
          {
            projectId: source.projectId,
            type: "endpoint",
            resourceId,
            pipelineId: definition.id.apply(Number),
          },
          parent,
        ),
      );
    }
  }
}

function ciTrigger(trigger: PipelineArgs["trigger"]): azuredevops.types.input.BuildDefinitionCiTrigger {
  if (trigger === undefined) return { useYaml: true };
  const { branch, paths } = trigger;
  return {
    override: {
      branchFilters: [{ includes: [branch] }],
      // Also where there are none: the provider reads an empty filter back, and would find a difference.
      pathFilters: [paths ?? {}],
    },
  };
}
