import { isObject, type JsonObject, objectOr, stringOf } from "../../azure/json";
import { isOk, send } from "../http";
import { cliAccount, cliToken } from "./cli";

/** An answer of Azure that is no success, in the words of the azure-native provider. */
export class AzureError extends Error {
  override readonly name = "AzureError";

  constructor(
    readonly status: number,
    code: string | undefined,
    message: string,
  ) {
    super(`Status=${status} ${code === undefined ? "" : `Code="${code}" `}Message="${message}"`);
  }
}

/** Who signs in, where: the provider's settings, or the environment variables of the same meaning. */
export interface AzureConfig {
  clientId: string;
  /** Undefined: the Azure CLI is signed in, and asked for tokens. */
  clientSecret: string | undefined;
  tenantId: string;
  subscriptionId: string;
  /** Host and port of the cloud's metadata. */
  metadataHost: string;
}

const variables: Record<keyof AzureConfig, string> = {
  clientId: "ARM_CLIENT_ID",
  clientSecret: "ARM_CLIENT_SECRET",
  tenantId: "ARM_TENANT_ID",
  subscriptionId: "ARM_SUBSCRIPTION_ID",
  metadataHost: "ARM_METADATA_HOSTNAME",
};

/**
 * Reads the settings. Without a client secret it is whoever the Azure CLI is signed in as, as with the real provider.
 *
 * @throws Error naming each one that is missing, and a cloud that is not on this machine.
 */
export async function readAzureConfig(
  config: Record<string, string>,
  environment: Record<string, string | undefined>,
): Promise<AzureConfig> {
  const read = (key: keyof AzureConfig) => config[key] ?? environment[variables[key]] ?? "";
  const metadataHost = read("metadataHost");
  const account = read("clientSecret") === "" && metadataHost !== "" ? await cliAccount() : undefined;
  if (account !== undefined) {
    requireLocal(metadataHost);
    return { ...account, clientSecret: undefined, metadataHost };
  }
  const missing = Object.entries(variables).flatMap(([key, variable]) =>
    (config[key] ?? environment[variable] ?? "") === "" ? [`azure-native:${key} or ${variable}`] : [],
  );
  if (missing.length > 0) {
    throw new Error(
      `The local cloud's azure-native plugin needs to know who signs in, and where; not set: ${missing.join(", ")}. ` +
        "Run the command with these set: npx local-cloud exec -- pulumi …",
    );
  }
  requireLocal(metadataHost);
  return {
    clientId: read("clientId"),
    clientSecret: read("clientSecret"),
    tenantId: read("tenantId"),
    subscriptionId: read("subscriptionId"),
    metadataHost,
  };
}

function requireLocal(metadataHost: string): void {
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(metadataHost)) {
    throw new Error(
      `The local cloud's azure-native plugin talks to a cloud on this machine only, not to '${metadataHost}' ` +
        `(azure-native:metadataHost or ARM_METADATA_HOSTNAME).`,
    );
  }
}

/** Endpoints of the cloud, as its metadata tells them. */
interface Endpoints {
  resourceManager: string;
  login: string;
  audience: string;
}

/** Resource Manager's API, signed in. Nothing is asked of the cloud before the first call. */
export class AzureClient {
  private endpoints: Promise<Endpoints> | undefined;
  private readonly tokens = new Map<string, Promise<string>>();

  constructor(readonly config: AzureConfig) {}

  /** An access token. @param resource whom it is for; default Resource Manager. */
  async token(resource?: string): Promise<string> {
    const { login, audience } = await this.findEndpoints();
    const scope = `${resource ?? audience}/.default`;
    const token = this.tokens.get(scope) ?? this.signIn(login, resource ?? audience, scope);
    this.tokens.set(scope, token);
    return token;
  }

  /**
   * Sends one request to Resource Manager.
   *
   * @param id path of the resource.
   * @returns the body; empty if there is none.
   * @throws AzureError
   */
  async request(
    method: "GET" | "PUT" | "DELETE",
    id: string,
    apiVersion: string,
    body?: JsonObject,
  ): Promise<JsonObject> {
    const { resourceManager } = await this.findEndpoints();
    const path = id.split("/").map(encodeURIComponent).join("/");
    const answer = await send(`${resourceManager.replace(/\/$/, "")}${path}?api-version=${apiVersion}`, {
      method,
      headers: { authorization: `Bearer ${await this.token()}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = answer.body.toString();
    if (!isOk(answer)) throw azureError(answer.status, text);
    return text === "" ? {} : parse(text);
  }

  private findEndpoints(): Promise<Endpoints> {
    this.endpoints ??= this.readEndpoints();
    return this.endpoints;
  }

  private async readEndpoints(): Promise<Endpoints> {
    const url = `http://${this.config.metadataHost}/metadata/endpoints?api-version=2022-09-01`;
    const answer = await send(url).catch((error: Error) => {
      throw new Error(`no Azure answers at ${url} (${error.message}): is the local cloud running?`);
    });
    const text = answer.body.toString();
    if (!isOk(answer)) throw azureError(answer.status, text);
    const cloud = parse(text);
    const authentication = objectOr(cloud.authentication);
    const [audience] = Array.isArray(authentication.audiences) ? authentication.audiences : [];
    return {
      resourceManager: stringOf(cloud.resourceManager) ?? "",
      login: stringOf(authentication.loginEndpoint) ?? "",
      audience: stringOf(audience) ?? "",
    };
  }

  private async signIn(login: string, resource: string, scope: string): Promise<string> {
    const { clientId, clientSecret, tenantId } = this.config;
    if (clientSecret === undefined) return cliToken(resource);
    const form = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: clientSecret,
      scope,
    });
    const answer = await send(`${login.replace(/\/$/, "")}/${tenantId}/oauth2/v2.0/token`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: form.toString(),
    });
    const text = answer.body.toString();
    const { access_token: token, error_description: reason } = parse(text);
    if (typeof token === "string") return token;
    throw new Error(`ClientSecretCredential authentication failed: ${answer.status} ${stringOf(reason) ?? text}`);
  }
}

function azureError(status: number, text: string): AzureError {
  try {
    const { code, message } = objectOr(parse(text).error);
    return new AzureError(status, stringOf(code), stringOf(message) ?? text);
  } catch {
    return new AzureError(status, undefined, text);
  }
}

/** @throws Error if it is no JSON: the answer of something in between, which is shown as it is */
function parse(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    throw new Error(`Azure answered what is no JSON: ${text.slice(0, 200)}`);
  }
}
