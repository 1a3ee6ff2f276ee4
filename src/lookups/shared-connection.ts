import * as pulumi from "@pulumi/pulumi";
import { stackOutputs } from "../common/outputs";

/** What a stack says of its connections, if it is up. */
const connections = stackOutputs.pick({ serviceConnection: true, pushConnection: true }).partial();

/**
 * Whether this stack is up with one service connection for both pipelines. Such a stack keeps it until its settings say
 * otherwise: a role that somebody counts on is not taken away by a newer version of this program.
 */
export async function hasSharedConnection(): Promise<boolean> {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  // As a stack reference reads another stack, without a resource for it.
  const { outputs } = await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name });
  const { serviceConnection, pushConnection } = connections.parse(outputs);
  return serviceConnection !== undefined && pushConnection === undefined;
}
