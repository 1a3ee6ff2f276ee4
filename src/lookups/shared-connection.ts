import type { OwnOutputs } from "./own-outputs";

/**
 * Whether this stack is up with one service connection for both pipelines. Such a stack keeps it until its settings say
 * otherwise: a role that somebody counts on is not taken away by a newer version of this program.
 */
export function hasSharedConnection({ serviceConnection, pushConnection }: OwnOutputs): boolean {
  return serviceConnection !== undefined && pushConnection === undefined;
}
