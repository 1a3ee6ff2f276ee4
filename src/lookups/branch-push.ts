import * as pulumi from "@pulumi/pulumi";
import { branchConnectionName } from "../rules/branch-connection";
import type { BaseEnvironment } from "./base-environment";
import type { LookupContext } from "./context";
import { type ExistingRegistry, knownRegistry } from "./registry";

/** What a branch environment's own connection to push is made of. */
export interface BranchPush {
  /** Name of the connection. */
  connectionName: string;
  /** The base environment's registry. */
  registry: ExistingRegistry;
  /** The base environment's resource group, which the connection's identity is made in. */
  resourceGroup: string;
}

/**
 * What a branch environment's own connection to push is made of, by what its base environment has put out. One that has a
 * single connection for both pipelines shares that with its branches, which the preview says.
 *
 * @param environment name of the branch environment
 * @param subscriptionId the stack's
 */
export function findBranchPush(
  { registry, resourceGroup, pushConnection }: BaseEnvironment,
  environment: string,
  subscriptionId: string,
  context: LookupContext = {},
): BranchPush | undefined {
  if (pushConnection !== undefined && resourceGroup !== undefined) {
    return {
      connectionName: branchConnectionName(pushConnection.name, environment),
      registry: knownRegistry(registry, subscriptionId, context),
      resourceGroup,
    };
  }
  const why =
    pushConnection === undefined
      ? "that has a single service connection for both pipelines. Set serviceConnection.separatePush of the base " +
        "environment to true, run pulumi up there"
      : "that was last up with an earlier version. Run pulumi up there";
  pulumi.log.warn(
    "who may push this branch can push to the base environment's images: this branch shares the connection of a base " +
      `environment ${why}, and then env up here: the branch gets a connection of its own.`,
  );
  return undefined;
}
