import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as z from "zod";

const answer = z.object({ accessToken: z.string(), expires_on: z.coerce.number() });

/** Whoever is signed in to the Azure CLI. `@azure/identity`, which could ask it as well, is 30 MB. */
export const azureCliCredential = {
  async getToken(scopes: string | string[]) {
    const [scope = ""] = [scopes].flat();
    const { stdout } = await promisify(execFile)("az", [
      ...["account", "get-access-token", "--scope", scope, "--output", "json"],
    ]);
    const { accessToken, expires_on } = answer.parse(JSON.parse(stdout));
    return { token: accessToken, expiresOnTimestamp: expires_on * 1000 };
  },
};
