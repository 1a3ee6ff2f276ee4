import * as azuredevops from "@pulumi/azuredevops";
import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import { setVariable } from "../src/azure-devops/definitions";
import type { ProjectApi } from "../src/azure-devops/rest";
import type { AdoptedDefinition } from "../src/lookups/adopted-definition";
import type { PipelineSource } from "../src/lookups/pipeline-source";
import { resourceHook } from "../src/pulumi/hooks";
import { contractHooks } from "../src/pulumi/image-contract";
import { type Transform, transformed } from "../src/pulumi/transform";
import { imageVariable } from "../src/rules/names";
import type { ContainerImage } from "./container-image";
import type { RegistryConnection } from "./registry-connection";

export interface AdoptedPipelineArgs {
  /** Path of its YAML file, from the repository root. */
  path: string;
  /** The definition, as it was found. */
  definition: AdoptedDefinition;
  source: PipelineSource;
  /** The service connection that it may use. */
  connection: Pick<RegistryConnection, "id">;
  /** The image that its jobs run in. */
  image: ContainerImage;
  /** Access to its project, by which its variable is set. */
  api: ProjectApi;
  /** The definition itself is not changed, so there is nothing to transform in it. */
  transform?: {
    authorization?: Transform<azuredevops.PipelineAuthorizationArgs>;
  };
}

/** All inputs of a definition: the provider, which replaces a definition whole, is to change none of them. */
const everything = [
  ...["name", "path", "repository", "variables", "variableGroups", "agentPoolName", "agentSpecification"],
  ...["ciTrigger", "pullRequestTrigger", "buildCompletionTriggers", "schedules", "queueStatus"],
  ...["jobAuthorizationScope", "jobs", "features"],
];

/** What the state remembers of the variable. */
const variableForm = z.object({ definition: z.number(), image: z.string() });

/**
 * A model pipeline on a definition that the team has. It is imported, gets the variable `jobContainerImage` and the
 * permission to use the service connection, and is otherwise as it was: its other variables, secret ones included, its
 * triggers and all else stay. It is never deleted; the variable stays with it.
 *
 * The provider writes a definition whole, with what it knows of it, and would take away secrets, description and
 * timeouts. So the variable is set by itself, through the service's API.
 */
export class AdoptedPipeline extends pulumi.ComponentResource {
  /** Id of the definition: a number. */
  readonly id: pulumi.Output<string>;
  readonly name: pulumi.Output<string>;
  /** The pipeline's page in Azure DevOps. */
  readonly url: pulumi.Output<string>;
  /** Path of its YAML file, from the repository root. */
  readonly path: string;
  /** Its definition is not the stack's own. */
  readonly isAdopted = true;
  /** The raw resources. */
  readonly nodes: {
    definition: azuredevops.BuildDefinition;
    authorization: azuredevops.PipelineAuthorization;
    /** Holds what the variable was set to, and sets it. */
    variable: pulumi.Stash;
  };

  constructor(name: string, args: AdoptedPipelineArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:AdoptedPipeline", name, {}, opts);
    const parent = { parent: this };
    const { source, connection, image, api } = args;
    const { id, name: definitionName, folder } = args.definition;

    const definition = new azuredevops.BuildDefinition(
      name,
      { projectId: source.projectId, name: definitionName, path: folder, repository: source.repository },
      { ...parent, import: `${source.projectId}/${id}`, ignoreChanges: everything, retainOnDelete: true },
    );
    const authorization = new azuredevops.PipelineAuthorization(
      ...transformed<azuredevops.PipelineAuthorizationArgs>(
        args.transform?.authorization,
        name,
        { projectId: source.projectId, type: "endpoint", resourceId: connection.id, pipelineId: id },
        parent,
      ),
    );
    const variable = setImage();

    this.id = definition.id;
    this.name = pulumi.output(definitionName);
    this.url = pulumi.interpolate`${source.projectUrl}/_build?definitionId=${definition.id}`;
    this.path = args.path;
    this.nodes = { definition, authorization, variable };
    this.registerOutputs({ id: this.id, name: this.name, url: this.url });

    function setImage(): pulumi.Stash {
      const { beforeCreate, beforeUpdate } = contractHooks(`contract of ${name}'s image`, image, imageIn);
      const set = resourceHook(`variable of ${name}`, async ({ newInputs }) => {
        const wanted = variableForm.parse(newInputs?.input);
        await setVariable(api, wanted.definition, imageVariable, wanted.image);
      });
      return new pulumi.Stash(
        name,
        { input: { definition: id, image: pulumi.interpolate`${image.repository}@${image.digest}` } },
        {
          ...parent,
          dependsOn: definition,
          hooks: { beforeCreate: [...beforeCreate, set], beforeUpdate: [...beforeUpdate, set] },
        },
      );
    }
  }
}

/** The image in what the state remembers. */
function imageIn({ input }: Record<string, unknown>): string | undefined {
  return variableForm.safeParse(input).data?.image;
}
