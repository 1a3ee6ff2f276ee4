import * as azuredevops from "@pulumi/azuredevops";
import * as pulumi from "@pulumi/pulumi";
import type { InfrastructureAccess } from "../src/lookups/infrastructure-access";
import { defaultBranchOf } from "../src/lookups/pipeline-source";
import { type Transform, transformed } from "../src/pulumi/transform";
import { allowedBranches, branchControlNameFor } from "../src/rules/branch-control";
import { Pipeline, type PipelineArgs } from "./pipeline";

export interface InfrastructurePipelineArgs
  extends Pick<PipelineArgs, "pipelineName" | "folder" | "source" | "yamlPath">,
    InfrastructureAccess {
  /** The stack of the base environment: what a pull request previews and the default branch deploys. */
  stack: string;
  transform?: PipelineArgs["transform"] & {
    previewAuthorization?: Transform<azuredevops.PipelineAuthorizationArgs>;
    groupAuthorization?: Transform<azuredevops.PipelineAuthorizationArgs>;
    previewGroupAuthorization?: Transform<azuredevops.PipelineAuthorizationArgs>;
    branchControl?: Transform<azuredevops.CheckBranchControlArgs>;
    groupBranchControl?: Transform<azuredevops.CheckBranchControlArgs>;
    branchPolicy?: Transform<azuredevops.BranchPolicyBuildValidationArgs>;
  };
}

/**
 * The pipeline that runs this program, from `pipelines/infrastructure.yml`: it previews on pull requests, deploys the
 * default branch, and sweeps branch environments at night. It may use the team's service connections to Azure and the
 * variable groups with what the state's backend needs: one of each to deploy, and one of each that can only read.
 *
 * Which of them a run has, its YAML file says. A group on the definition would be every run's. What deploys is kept to the
 * default branch by a branch control check: the file of a pull request, and of any other branch, is its author's.
 *
 * Azure Repos takes no notice of a YAML file's `pr`: there a policy on the default branch makes it run on pull requests,
 * which it holds up until the preview succeeds.
 */
export class InfrastructurePipeline extends Pipeline {
  declare readonly nodes: Pipeline["nodes"] & {
    previewAuthorization: azuredevops.PipelineAuthorization;
    groupAuthorization?: azuredevops.PipelineAuthorization;
    previewGroupAuthorization?: azuredevops.PipelineAuthorization;
    branchControl: azuredevops.CheckBranchControl;
    groupBranchControl?: azuredevops.CheckBranchControl;
    /** Azure Repos only. */
    branchPolicy?: azuredevops.BranchPolicyBuildValidation;
  };

  constructor(name: string, args: InfrastructurePipelineArgs, opts?: pulumi.ComponentResourceOptions) {
    const { source, connection, previewConnection, variableGroup, previewVariableGroup, transform } = args;
    super(
      "mlops:index:InfrastructurePipeline",
      name,
      {
        pipelineName: args.pipelineName,
        folder: args.folder,
        source,
        yamlPath: args.yamlPath,
        connection: { id: pulumi.output(connection.id), name: pulumi.output(connection.name) },
        // Not as the YAML file says, which on a branch is whoever's who pushes there.
        trigger: { branch: defaultBranchOf(source) },
        transform,
      },
      [
        { name: "azureConnection", value: connection.name, allowOverride: false },
        { name: "previewConnection", value: previewConnection.name, allowOverride: false },
        { name: "baseStack", value: args.stack, allowOverride: false },
      ],
      opts,
    );
    const parent = { parent: this };
    const pipelineId = this.id.apply(Number);

    const previewAuthorization = authorize(
      `${name}-preview`,
      "endpoint",
      previewConnection.id,
      transform?.previewAuthorization,
    );
    const groupAuthorization =
      variableGroup && authorize(`${name}-variables`, "variablegroup", variableGroup.id, transform?.groupAuthorization);
    const previewGroupAuthorization =
      previewVariableGroup &&
      authorize(
        `${name}-preview-variables`,
        "variablegroup",
        previewVariableGroup.id,
        transform?.previewGroupAuthorization,
      );
    const branchControl = keepToBranch(name, "endpoint", connection.id, transform?.branchControl);
    const groupBranchControl =
      variableGroup &&
      keepToBranch(`${name}-variables`, "variablegroup", variableGroup.id, transform?.groupBranchControl);
    const branchPolicy = source.repository.repoType === "TfsGit" ? createBranchPolicy() : undefined;

    const authorizations = { previewAuthorization, groupAuthorization, previewGroupAuthorization };
    this.nodes = { ...this.nodes, ...authorizations, branchControl, groupBranchControl, branchPolicy };

    function authorize(
      resourceName: string,
      type: "endpoint" | "variablegroup",
      resourceId: string,
      change?: Transform<azuredevops.PipelineAuthorizationArgs>,
    ) {
      return new azuredevops.PipelineAuthorization(
        ...transformed<azuredevops.PipelineAuthorizationArgs>(
          change,
          resourceName,
          { projectId: source.projectId, type, resourceId, pipelineId },
          parent,
        ),
      );
    }

    function keepToBranch(
      resourceName: string,
      targetResourceType: "endpoint" | "variablegroup",
      targetResourceId: string,
      change?: Transform<azuredevops.CheckBranchControlArgs>,
    ) {
      const folder = args.folder ?? "\\";
      const pipeline = `${folder}${folder.endsWith("\\") ? "" : "\\"}${args.pipelineName}`;
      return new azuredevops.CheckBranchControl(
        ...transformed<azuredevops.CheckBranchControlArgs>(
          change,
          resourceName,
          {
            projectId: source.projectId,
            displayName: branchControlNameFor(pipeline),
            targetResourceType,
            targetResourceId,
            allowedBranches: allowedBranches([defaultBranchOf(source)]),
          },
          parent,
        ),
      );
    }

    function createBranchPolicy() {
      const { repoId, branchName } = source.repository;
      return new azuredevops.BranchPolicyBuildValidation(
        ...transformed<azuredevops.BranchPolicyBuildValidationArgs>(
          transform?.branchPolicy,
          name,
          {
            projectId: source.projectId,
            enabled: true,
            blocking: true,
            settings: {
              displayName: "Preview of the infrastructure",
              buildDefinitionId: pipelineId,
              scopes: [{ repositoryId: repoId, repositoryRef: branchName, matchType: "Exact" }],
            },
          },
          parent,
        ),
      );
    }
  }
}
