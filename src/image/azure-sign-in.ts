import { setTimeout as sleep } from "node:timers/promises";
import { loginIn, tokenExchange } from "./azure-exchange";
import { ImageError } from "./error";
import { type SendOptions, send } from "./http";

/** How to sign in to a registry, in the form that Docker and BuildKit take. */
export interface RegistryCredential {
  /** The registry's login server. */
  address: string;
  /** The one that stands for a token. */
  username: string;
  /** Secret. Valid for some hours, and for this registry only. */
  password: string;
}

/** The role that an identity needs on a registry, in either permission mode. */
const roles = {
  push: "may push: AcrPush, or Container Registry Repository Writer",
  delete: "may delete: AcrDelete, or Container Registry Repository Contributor",
};

/** The registry knows the identity, and it has no role there. */
export class SignInRefusedError extends Error {}

/** What the registries' own Azure tokens are for. A registry takes these whatever its policies are. */
export const registryAudience = "https://containerregistry.azure.net";

/** Azure access tokens of one identity. Secret. */
export interface AzureTokens {
  /** For {@link registryAudience}; absent where the identity could get none. */
  registry?: string | undefined;
  /** For Azure Resource Manager. A registry may have a policy against it. */
  resourceManager: string;
}

/** How long a registry that was just created is waited for: its name may not be known everywhere yet. */
export interface Patience {
  /** How often it is tried in all. Default: 24 times. */
  tries?: number;
  /** What is between two tries. Default: 5 seconds. */
  pause?: () => Promise<unknown>;
  /** Told once what is waited for. */
  say?: (line: string) => void;
}

/**
 * Signs in to an Azure container registry as the identity that an Azure access token belongs to, without the
 * registry's admin user: the token is exchanged for one of the registry's own. The one for registries is tried first, and
 * that for Azure Resource Manager where there is none, or it is refused.
 *
 * @param loginServer host (and port) of the registry
 * @param tenantId the Microsoft Entra tenant of the identity
 * @param purpose what the identity wants to do, for messages
 * @param patience with a name that does not resolve. Asking again is safe: the exchange changes nothing
 * @throws SignInRefusedError if the identity has no role there, or Error if the registry cannot be reached or does not
 *   take the token, with its reason
 */
export async function signIn(
  loginServer: string,
  tenantId: string,
  { registry, resourceManager }: AzureTokens,
  purpose: keyof typeof roles,
  patience: Patience = {},
): Promise<RegistryCredential> {
  const exchange = (accessToken: string) => {
    const { url, ...request } = tokenExchange(loginServer, tenantId, accessToken);
    return whenResolved(loginServer, patience, () => answerOf(url, request)).catch((error: unknown) => {
      if (!(error instanceof ImageError)) throw error;
      throw new Error(`cannot sign in to the container registry ${loginServer}: ${error.message}`);
    });
  };
  const first = registry === undefined ? undefined : await exchange(registry);
  const { status, text } = first === undefined || first.status === 401 ? await exchange(resourceManager) : first;
  if (status !== 200) {
    const policy =
      registry === undefined
        ? ` Or its policy azureADAuthenticationAsArmPolicy is disabled, and the identity could get no token for ${registryAudience}, ` +
          "which it takes then (az acr config authentication-as-arm show)."
        : "";
    const role = ` The identity that runs Pulumi needs a role on it that ${roles[purpose]}.${policy}`;
    const refused = `the container registry ${loginServer} refused to sign in: ${status} ${text}.`;
    throw status === 401 ? new SignInRefusedError(refused + role) : new Error(refused);
  }
  const login = loginIn(text);
  if (!login) throw new Error(`the container registry ${loginServer} answered the sign-in without a refresh_token`);
  return { address: loginServer, ...login };
}

async function whenResolved<T>(
  name: string,
  { tries = 24, pause = () => sleep(5000), say }: Patience,
  work: () => Promise<T>,
): Promise<T> {
  for (let left = tries - 1; ; left -= 1) {
    try {
      return await work();
    } catch (error) {
      if (left <= 0 || !(error instanceof ImageError) || !/\b(?:ENOTFOUND|EAI_AGAIN)\b/.test(error.message))
        throw error;
      if (left === tries - 1) say?.(`the name ${name} is not known yet: waiting for it, for some minutes at most`);
      await pause();
    }
  }
}

async function answerOf(url: string, request: SendOptions): Promise<{ status: number; text: string }> {
  const answer = await send(url, request);
  return { status: answer.status, text: await answer.text() };
}
