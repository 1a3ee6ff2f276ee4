import { setTimeout as sleep } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";

/**
 * Whether this stack is up with one service connection for both pipelines. Such a stack keeps it until its settings say
 * otherwise: a role that somebody counts on is not taken away by a newer version of this program.
 */
export async function hasSharedConnection(): Promise<boolean> {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  // As a stack reference reads another stack, without a resource for it.
  const { outputs } = await read(() => pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name }));
  return "serviceConnection" in outputs && !("pushConnection" in outputs);
}

/** A file backend writes the state in place while this program runs: who reads it in that moment finds it cut short. */
async function read<T>(once: () => Promise<T>, attempts = 10): Promise<T> {
  try {
    return await once();
  } catch (error) {
    if (attempts === 1 || !/failed to load checkpoint/.test(String(error))) throw error;
    await sleep(50);
    return read(once, attempts - 1);
  }
}
