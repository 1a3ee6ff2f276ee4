import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
} from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { type JwtPayload, sign, verify } from "jsonwebtoken";
import * as z from "zod";
import { readStateFile } from "../state/state-file";

/** The local cloud's one Entra ID tenant. */
export const tenantId = "6f1b2c3d-0a4e-4f5b-8c6d-7e8f90a1b2c3";

/** The local cloud's subscription, in which Pulumi is signed in. */
export const subscriptionId = "2d9e8f70-6b5a-4c3d-9e2f-1a0b9c8d7e6f";

/** Another subscription of the same tenant and the same owner. */
export const otherSubscriptionId = "7c4b1a90-3e2d-4f5a-8b6c-9d0e1f2a3b4c";

/** A service principal of the tenant: it is no managed identity, and signs in with a client secret. */
export interface ServicePrincipal {
  name: string;
  clientId: string;
  /** What role assignments name. */
  objectId: string;
}

/** The service principal that runs Pulumi in the local cloud. */
export const operator: ServicePrincipal = {
  name: "Operator",
  clientId: "a3c1e5f7-9b2d-4e6f-8a0c-1d3e5f7a9b2c",
  objectId: "b4d2f6a8-0c3e-4f7a-9b1d-2e4f6a8b0c3d",
};

/** As whom the infrastructure pipeline deploys: what docs/pull-requests.md gives it, and nothing besides. */
export const deployer: ServicePrincipal = {
  name: "Deployments",
  clientId: "c5e3a7b9-1d4f-4a8b-8c2e-3f5a7b9c1d4e",
  objectId: "d6f4b8c0-2e5a-4b9c-9d3f-4a6b8c0d2e5f",
};

/** As whom it previews: one that can only read. */
export const previewer: ServicePrincipal = {
  name: "Previews",
  clientId: "e7a5c9d1-3f6b-4c0d-8e4a-5b7c9d1e3f6a",
  objectId: "f8b6d0e2-4a7c-4d1e-9f5b-6c8d0e2f4a7b",
};

/** The client secret of a service principal. It follows from the local cloud's token, which is random, and lasts as long. */
export function clientSecretOf({ clientId }: Pick<ServicePrincipal, "clientId">, personalAccessToken: string): string {
  return createHmac("sha256", personalAccessToken).update(clientId).digest("base64url");
}

/** Audience of the tokens that Azure DevOps takes: its application's number in every tenant. */
export const azureDevOpsAudience = "499b84ac-1321-427f-aa17-267ca6975798";

/** Audience of the tokens that Azure Resource Manager takes, and that a registry exchanges. */
export const managementAudience = "https://management.azure.com/";

/** Audience of the tokens that Microsoft Graph takes. */
export const graphAudience = "https://graph.microsoft.com/";

/** Audience of the tokens that are for registries alone. */
export const registryAudience = "https://containerregistry.azure.net/";

/** Audience of the tokens that Entra ID exchanges for those of another issuer: Azure's default for federated credentials. */
export const federatedAudience = "api://AzureADTokenExchange";

/** What an Entra ID access token says about its bearer. */
export interface Claims {
  /** Object id of the identity: the principal that role assignments name. */
  oid: string;
  /** The service that the token is for. */
  aud: string;
  /** Tenant. */
  tid: string;
  /** Client id of the application, or of the managed identity. */
  appid?: string;
}

/** What the file of the signing key holds. */
const keysForm = z.strictObject({ privateKey: z.string() }).transform(({ privateKey }, { addIssue }) => {
  try {
    return createPrivateKey(privateKey);
  } catch {
    addIssue({ code: "custom", message: "privateKey is not a private key in PEM form" });
    return z.NEVER;
  }
});

const accessForm = z.array(z.object({ type: z.string(), name: z.string(), actions: z.array(z.string()) }));

/** What a registry access token allows: actions on one resource (distribution's token specification, `access`). */
export type RegistryAccess = z.output<typeof accessForm>[number];

/**
 * Seconds. Entra ID: 60 to 90 minutes; a registry's refresh token: 3 hours; its access token: 75 minutes; Azure
 * DevOps' own about a service connection: 10 minutes.
 */
const lifetime = { azure: 3600, refresh: 3 * 3600, access: 4500, federated: 600 };

/** Issuer of a registry's refresh and access tokens, as Azure writes it. */
export const registryIssuer = "Azure Container Registry";

const algorithm = "RS256";

/**
 * Signs and verifies the local cloud's tokens: Entra ID's access tokens and the registries' refresh and access
 * tokens. All are RS256 JSON Web Tokens. One key signs them; issuer, audience and `grant_type` keep the kinds apart.
 */
export class TokenIssuer {
  private readonly publicKey: KeyObject;
  private readonly keyId: string;

  private constructor(
    private readonly privateKey: KeyObject,
    private readonly issuer: string,
  ) {
    this.publicKey = createPublicKey(privateKey);
    this.keyId = createHash("sha256")
      .update(this.publicKey.export({ type: "spki", format: "der" }))
      .digest("base64url");
  }

  /**
   * Opens the signing key, and makes it if there is none yet, so that tokens outlive a restart.
   *
   * @param keysFile JSON file with the private key, readable by its owner only.
   * @param issuer `iss` of the Entra ID tokens.
   */
  static async open(keysFile: string, issuer: string): Promise<TokenIssuer> {
    if (!existsSync(keysFile)) {
      const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
      mkdirSync(dirname(keysFile), { recursive: true });
      writeFileSync(
        keysFile,
        JSON.stringify({ privateKey: privateKey.export({ type: "pkcs8", format: "pem" }) }, null, 2),
        { mode: 0o600 },
      );
    }
    return new TokenIssuer(readStateFile(keysFile, keysForm), issuer);
  }

  /** The public key as a JSON Web Key Set, which is how a registry process learns whose tokens to take. */
  get jwks(): { keys: object[] } {
    const key = this.publicKey.export({ format: "jwk" });
    return { keys: [{ ...key, kid: this.keyId, use: "sig", alg: algorithm }] };
  }

  /** An Entra ID access token for an application or a managed identity. */
  async issueAzureToken(identity: { objectId: string; clientId: string }, audience: string): Promise<string> {
    const claims = { oid: identity.objectId, sub: identity.objectId, appid: identity.clientId, tid: tenantId };
    return this.sign({ ...claims, idtyp: "app", ver: "1.0" }, this.issuer, audience, lifetime.azure);
  }

  /** The claims of an Entra ID access token. Throws unless it is genuine, current, and for this audience and tenant. */
  async verifyAzureToken(token: string, audience: string): Promise<Claims> {
    const { oid, tid, appid } = this.verify(token, this.issuer, audience);
    if (typeof oid !== "string" || tid !== tenantId) throw new Error("the token is of another tenant");
    return { oid, aud: audience, tid: tenantId, ...(typeof appid === "string" ? { appid } : {}) };
  }

  /** A registry's refresh token: proof of an identity, worth nothing at any other registry. */
  async issueRefreshToken(objectId: string, loginServer: string): Promise<string> {
    const claims = { sub: objectId, version: "1.0", grant_type: "refresh_token", tenant: tenantId };
    return this.sign(claims, registryIssuer, loginServer, lifetime.refresh);
  }

  /** Object id of the identity that a refresh token was issued to. Throws unless it is genuine, current, and this registry's. */
  async verifyRefreshToken(token: string, loginServer: string): Promise<string> {
    const { sub, grant_type } = this.verify(token, registryIssuer, loginServer);
    if (sub === undefined || grant_type !== "refresh_token") throw new Error("not a refresh token");
    return sub;
  }

  /** A registry's access token, as the registry process verifies it: it allows `access` and nothing else. */
  async issueAccessToken(objectId: string, loginServer: string, access: RegistryAccess[]): Promise<string> {
    const claims = { sub: objectId, version: "1.0", grant_type: "access_token", access };
    return this.sign(claims, registryIssuer, loginServer, lifetime.access);
  }

  /** What a registry's access token allows. Throws unless it is genuine, current, and this registry's. */
  async verifyAccessToken(token: string, loginServer: string): Promise<RegistryAccess[]> {
    const { access, grant_type } = this.verify(token, registryIssuer, loginServer);
    if (grant_type !== "access_token") throw new Error("not an access token");
    return accessForm.parse(access);
  }

  /** A token of Azure DevOps' about a service connection, for Entra ID to exchange (`verifyFederatedToken`). */
  async issueFederatedToken({ issuer, subject }: { issuer: string; subject: string }): Promise<string> {
    return this.sign({ sub: subject }, issuer, federatedAudience, lifetime.federated);
  }

  /**
   * What a token says whose issuer and audience are for others to judge. Throws unless it is genuine and current;
   * jsonwebtoken's `TokenExpiredError` if it was.
   */
  async verifyFederatedToken(token: string): Promise<{ issuer: string; subject: string; audience: string }> {
    const payload = verify(token, this.publicKey, { algorithms: [algorithm] });
    if (typeof payload === "string") throw new Error("the token has no claims");
    const { iss = "", sub = "", aud = "" } = payload;
    return { issuer: iss, subject: sub, audience: typeof aud === "string" ? aud : aud.join(" ") };
  }

  private sign(claims: object, issuer: string, audience: string, seconds: number): string {
    return sign(claims, this.privateKey, {
      algorithm,
      keyid: this.keyId,
      issuer,
      audience,
      jwtid: randomUUID(),
      notBefore: 0,
      expiresIn: seconds,
    });
  }

  private verify(token: string, issuer: string, audience: string): JwtPayload {
    const payload = verify(token, this.publicKey, { algorithms: [algorithm], issuer, audience });
    if (typeof payload === "string") throw new Error("the token has no claims");
    return payload;
  }
}
