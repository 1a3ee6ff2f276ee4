import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { loginIn, tokenExchange } from "../../../../src/image/azure-exchange";
import { type AzCommand, type AzContext, AzError, required } from "./command";
import { endpointsOf, readSession, tokenFor, writeSession } from "./session";

const registryList = z.object({
  value: z.array(z.object({ name: z.string(), properties: z.object({ loginServer: z.string() }) })),
});

const dockerConfigForm = z.looseObject({ auths: z.record(z.string(), z.unknown()).default({}) });

/** Signs in to a registry as the session's identity: Docker finds it in its configuration. */
export const acrLogin: AzCommand = {
  options: { name: { type: "string", short: "n" }, "expose-token": { type: "boolean" } },
  async run(context, given) {
    const name = required(given, "name", "--name/-n").replace(/\.azurecr\.io$/, "");
    const session = readSession(context);
    const { resourceManager, audience } = await endpointsOf(context);
    const { accessToken } = await tokenFor(context, session, `${audience}/.default`);
    writeSession(context, session);
    const list = `${resourceManager}/subscriptions/${session.subscription}/providers/Microsoft.ContainerRegistry/registries`;
    const response = await fetch(`${list}?api-version=2025-04-01`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    const answer = response.ok ? registryList.parse(await response.json()) : { value: [] };
    const registry = answer.value.find((each) => each.name.toLowerCase() === name.toLowerCase());
    if (registry === undefined) {
      throw new AzError(
        `The resource with name '${name}' and type 'Microsoft.ContainerRegistry/registries' could not be found in ` +
          `subscription '${session.subscription}'.`,
      );
    }
    const { loginServer } = registry.properties;
    const { url, ...exchange } = tokenExchange(loginServer, session.tenantId, accessToken);
    const exchanged = await fetch(url, exchange);
    const signedIn = exchanged.ok ? loginIn(await exchanged.text()) : undefined;
    if (signedIn === undefined) {
      throw new AzError(
        `Unable to get AAD authorization tokens: the registry ${loginServer} answered ${exchanged.status}.`,
      );
    }
    if (given["expose-token"] === true)
      return { accessToken: signedIn.password, loginServer, username: signedIn.username };
    keep(context, loginServer, signedIn);
    process.stdout.write("Login Succeeded\n");
    return undefined;
  },
};

function keep({ dockerConfig }: AzContext, loginServer: string, login: { username: string; password: string }): void {
  const file = join(dockerConfig, "config.json");
  const config = dockerConfigForm.parse(existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {});
  config.auths[loginServer] = { auth: Buffer.from(`${login.username}:${login.password}`).toString("base64") };
  mkdirSync(dockerConfig, { recursive: true, mode: 0o700 });
  writeFileSync(file, JSON.stringify(config, undefined, 2), { mode: 0o600 });
}
