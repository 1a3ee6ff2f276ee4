import * as machinelearningservices from "@pulumi/azure-native/machinelearningservices";
import * as pulumi from "@pulumi/pulumi";
import type { WorkspacePlace } from "../src/lookups/workspace";
import { type Transform, transformed } from "../src/pulumi/transform";
import type { ContainerImage } from "./container-image";

export interface AzureMlEnvironmentArgs extends WorkspacePlace {
  /** Name of the environment in the workspace, for example `job-container`. */
  environmentName: string;
  /** The image that its jobs run in. */
  image: Pick<ContainerImage, "reference" | "digest">;
  transform?: {
    version?: Transform<machinelearningservices.EnvironmentVersionArgs>;
  };
}

/** Digits of the image's digest that a version is named by. */
const versionLength = 12;

/**
 * An environment in an Azure ML workspace with the job container's image, so that jobs of Azure ML and of Azure Pipelines
 * run in one. A version cannot be changed, so each image is a version of its own, called by the first digits of its
 * digest: the new one is registered before the old one is deleted. Whoever may not lose old versions refers to images by
 * their digest.
 */
export class AzureMlEnvironment extends pulumi.ComponentResource {
  /** Name of the environment. */
  readonly name: string;
  /** The version that has the image. */
  readonly version: pulumi.Output<string>;
  /** Name of the workspace. */
  readonly workspace: string;
  /** The workspace's resource group. */
  readonly resourceGroup: string;
  /** The raw resources. */
  readonly nodes: { version: machinelearningservices.EnvironmentVersion };

  constructor(name: string, args: AzureMlEnvironmentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:AzureMlEnvironment", name, {}, opts);
    const { environmentName, workspace, resourceGroup, image, transform } = args;
    const version = pulumi
      .output(image.digest)
      .apply((digest) => digest.replace("sha256:", "").slice(0, versionLength));
    const environmentVersion = new machinelearningservices.EnvironmentVersion(
      ...transformed<machinelearningservices.EnvironmentVersionArgs>(
        transform?.version,
        name,
        {
          workspaceName: workspace,
          resourceGroupName: resourceGroup,
          name: environmentName,
          version,
          properties: { image: image.reference, osType: "Linux", description: "The job container" },
        },
        // The provider would delete the old one first, and jobs that ask for the latest version would find none.
        { parent: this, deleteBeforeReplace: false },
      ),
    );

    this.name = environmentName;
    this.version = version;
    this.workspace = workspace;
    this.resourceGroup = resourceGroup;
    this.nodes = { version: environmentVersion };
    this.registerOutputs({ name: environmentName, version });
  }
}
