import { loginIn, tokenExchange } from "./azure-exchange";
import { ImageError } from "./error";
import { type SendOptions, send } from "./http";

/** How to sign in to a registry, in the form that Docker and BuildKit take. */
export interface RegistryCredential {
  address: string;
  username: string;
  /** Secret. Valid for some hours, and for this registry only. */
  password: string;
}

/** The role that an identity needs on a registry, in either permission mode. */
const roles = {
  push: "may push: AcrPush, or Container Registry Repository Writer",
  delete: "may delete: AcrDelete, or Container Registry Repository Contributor",
};

/**
 * Signs in to an Azure container registry as the identity that an Azure access token belongs to, without the
 * registry's admin user: the token is exchanged for one of the registry's own.
 *
 * @param loginServer host (and port) of the registry
 * @param tenantId the Microsoft Entra tenant of the identity
 * @param accessToken Azure Resource Manager access token
 * @param purpose what the identity wants to do, for messages
 * @throws Error if the registry cannot be reached or refuses the token, with its reason
 */
export async function signIn(
  loginServer: string,
  tenantId: string,
  accessToken: string,
  purpose: keyof typeof roles,
): Promise<RegistryCredential> {
  const { url, ...request } = tokenExchange(loginServer, tenantId, accessToken);
  const { status, text } = await answerOf(url, request).catch((error: unknown) => {
    if (!(error instanceof ImageError)) throw error;
    throw new Error(`cannot sign in to the container registry ${loginServer}: ${error.message}`);
  });
  if (status !== 200) {
    const role = ` The identity that runs Pulumi needs a role on it that ${roles[purpose]}.`;
    throw new Error(
      `the container registry ${loginServer} refused to sign in: ${status} ${text}.${status === 401 ? role : ""}`,
    );
  }
  const login = loginIn(text);
  if (!login) throw new Error(`the container registry ${loginServer} answered the sign-in without a refresh_token`);
  return { address: loginServer, ...login };
}

async function answerOf(url: string, request: SendOptions): Promise<{ status: number; text: string }> {
  const answer = await send(url, request);
  return { status: answer.status, text: await answer.text() };
}
