import { messageOf } from "../../src/common/errors";
import {
  managementAudience,
  type RegistryAccess,
  registryAudience,
  type TokenIssuer,
  tenantId,
} from "../cloud/identity";
import { Refusal, unauthorized } from "./refusal";

/** What a role can allow in a registry; `catalog` is to list its repositories. */
export type RegistryAction = "pull" | "push" | "delete" | "catalog";

/**
 * Whether a principal's roles allow an action.
 *
 * @param resourceId ARM id of the registry.
 * @param repository `undefined` asks about the registry as a whole: its catalog, or whether to let in at all.
 */
export type IsAllowed = (
  principalId: string,
  resourceId: string,
  action: RegistryAction,
  repository: string | undefined,
) => boolean;

/** The user name under which a password is a refresh token and no password. */
const tokenUser = "00000000-0000-0000-0000-000000000000";

/** The role that each of Azure's repository actions takes. `*` stands for all of them. */
const neededFor: Record<string, RegistryAction> = {
  pull: "pull",
  metadata_read: "pull",
  push: "push",
  metadata_write: "push",
  delete: "delete",
};

/**
 * An Azure container registry's token service (Azure/acr, docs/AAD-OAuth.md): Entra ID token → refresh token →
 * access token. Roles are looked up at both steps, so that a role taken away counts at once.
 */
export class TokenService {
  constructor(
    private readonly options: {
      loginServer: string;
      resourceId: string;
      tokens: TokenIssuer;
      isAllowed: IsAllowed;
      /** Whether tokens for Azure Resource Manager are taken: the policy azureADAuthenticationAsArmPolicy. Default: yes. */
      takesManagementTokens?: () => boolean;
    },
  ) {}

  /** `POST /oauth2/exchange`. Only an Entra ID access token is taken: the other grant types are deprecated. */
  async exchange(form: URLSearchParams): Promise<{ refresh_token: string }> {
    const { loginServer, tokens, takesManagementTokens = () => true } = this.options;
    if (form.get("grant_type") !== "access_token") throw unsupportedGrant(form);
    this.checkService(form);
    const tenant = form.get("tenant");
    if (tenant !== null && tenant !== tenantId) throw unauthorized(`tenant ${tenant} is not the registry's`);
    const token = required(form, "access_token");
    const { oid } = await verified("Entra ID token", () =>
      tokens.verifyAzureToken(token, registryAudience).catch((error: unknown) => {
        if (takesManagementTokens()) return tokens.verifyAzureToken(token, managementAudience);
        throw error;
      }),
    );
    this.checkAnyRole(oid);
    return { refresh_token: await tokens.issueRefreshToken(oid, loginServer) };
  }

  /**
   * `/oauth2/token`. The access token holds those of the requested actions that the identity's roles allow, which may
   * be none: the registry itself then refuses.
   *
   * @param basic user and password of an `Authorization: Basic` header.
   */
  async token(form: URLSearchParams, basic?: { user: string; password: string }): Promise<{ access_token: string }> {
    const { loginServer, tokens } = this.options;
    this.checkService(form);
    const refreshToken = credential(form, basic);
    const principal = await verified("refresh token", () => tokens.verifyRefreshToken(refreshToken, loginServer));
    this.checkAnyRole(principal);
    const scopes = form.getAll("scope").flatMap((value) => value.split(" ").filter((scope) => scope !== ""));
    const access = scopes.map((scope) => this.allowed(principal, parseScope(scope)));
    const granted = access.filter(({ actions }) => actions.length > 0);
    return { access_token: await tokens.issueAccessToken(principal, loginServer, granted) };
  }

  private allowed(principal: string, { type, name, actions }: RegistryAccess): RegistryAccess {
    const { resourceId, isAllowed } = this.options;
    if (type === "registry" && name === "catalog")
      return {
        type,
        name,
        actions: actions.filter((a) => a === "*" && isAllowed(principal, resourceId, "catalog", undefined)),
      };
    if (type !== "repository") return { type, name, actions: [] };
    const asked = actions.includes("*") ? Object.keys(neededFor) : actions;
    return {
      type,
      name,
      actions: asked.filter((action) => {
        const needed = neededFor[action];
        return needed !== undefined && isAllowed(principal, resourceId, needed, name);
      }),
    };
  }

  private checkService(form: URLSearchParams): void {
    const service = required(form, "service");
    if (service !== this.options.loginServer)
      throw unauthorized(`service ${service} is not ${this.options.loginServer}`);
  }

  private checkAnyRole(principal: string): void {
    const { resourceId, isAllowed } = this.options;
    const actions: RegistryAction[] = ["pull", "push", "delete", "catalog"];
    if (!actions.some((action) => isAllowed(principal, resourceId, action, undefined)))
      throw unauthorized(`principal ${principal} has no role on ${resourceId}`);
  }
}

/** The refresh token, from wherever the client put it. Anonymous access and the admin user are off. */
function credential(form: URLSearchParams, basic: { user: string; password: string } | undefined): string {
  const grant = form.get("grant_type");
  if (grant === "refresh_token") return required(form, "refresh_token");
  if (grant !== null && grant !== "password") throw unsupportedGrant(form);
  const login = grant === null ? basic : { user: required(form, "username"), password: required(form, "password") };
  if (login === undefined) throw unauthorized("no credentials, and anonymous pull is off");
  if (login.user !== tokenUser) throw unauthorized(`user ${login.user} is unknown, and the admin user is off`);
  return login.password;
}

/** `type:name:action,action` (distribution's token specification). A name may hold colons, the other parts not. */
export function parseScope(scope: string): RegistryAccess {
  const [, type, name, actions] = /^([^:]+):(.+):([^:]+)$/.exec(scope) ?? [];
  if (type === undefined || name === undefined || actions === undefined)
    throw new Refusal(400, "BAD_REQUEST", `invalid scope "${scope}": expected type:name:actions`);
  return { type, name, actions: actions.split(",") };
}

async function verified<T>(what: string, verify: () => Promise<T>): Promise<T> {
  try {
    return await verify();
  } catch (error) {
    throw unauthorized(`${what}: ${messageOf(error)}`);
  }
}

function required(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (value === null || value === "") throw new Refusal(400, "BAD_REQUEST", `${name} is missing`);
  return value;
}

function unsupportedGrant(form: URLSearchParams): Refusal {
  return new Refusal(400, "UNSUPPORTED", `grant_type "${form.get("grant_type") ?? ""}" is not supported`);
}
