import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as z from "zod";
import { messageOf } from "../../../src/common/errors";

const accountForm = z.object({ id: z.string(), tenantId: z.string(), user: z.object({ name: z.string() }) });

/** Who the Azure CLI is signed in as. @returns undefined if there is no Azure CLI, or nobody is signed in */
export async function cliAccount(): Promise<
  { clientId: string; tenantId: string; subscriptionId: string } | undefined
> {
  let output: string;
  try {
    output = await az("account", "show", "--output", "json");
  } catch {
    return undefined;
  }
  const { id: subscriptionId, tenantId, user } = accountForm.parse(JSON.parse(output));
  return { clientId: user.name, tenantId, subscriptionId };
}

/** An access token of the Azure CLI's. @throws Error with its reason */
export async function cliToken(resource: string): Promise<string> {
  const form = ["--query", "accessToken", "--output", "tsv"];
  try {
    return (await az("account", "get-access-token", "--resource", resource, ...form)).trim();
  } catch (error) {
    throw new Error(`AzureCLICredential authentication failed: ${messageOf(error)}`);
  }
}

async function az(...args: string[]): Promise<string> {
  return (await promisify(execFile)("az", args)).stdout;
}
