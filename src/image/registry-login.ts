import * as z from "zod";
import { ImageError } from "./error";
import { type Answer, send } from "./http";
import { dockerHub } from "./reference";
import { registryUrl } from "./registry-url";

/** How to sign in to a registry. Secret. An identity token is what Docker keeps in a password's place. */
export type RegistryLogin = { username: string; password: string } | { identityToken: string };

/** Who wants to do something with which repository. */
export interface Access {
  registry: string;
  repository: string;
  /** Default: as anybody. */
  login?: RegistryLogin;
  /** Milliseconds that a server may send nothing. Default: 30 s. */
  timeout?: number;
  /** What to say when the registry does not let the login do it. Default: how to sign in, and which role may read. */
  refused?: (reason: string) => ImageError;
}

/** OAuth 2's name of the program, which the token services' protocol asks for. */
const clientId = "job-container";

/**
 * Signs in as a registry's challenge asks: with a token of its token service
 * (https://distribution.github.io/distribution/spec/auth/token/), or with the password itself (RFC 7617). A user and
 * password go to the token service as Docker sends them, by `GET`, and an identity token by `POST`
 * (https://distribution.github.io/distribution/spec/auth/oauth/); Azure's takes both.
 *
 * @param challenge the answer's `WWW-Authenticate` header
 * @returns the `Authorization` header
 * @throws ImageError if the registry lets in nobody without a login, or refuses this one
 */
export async function authorize(challenge: string, access: Access): Promise<string> {
  const { registry, login } = access;
  const fields = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  );
  if (/\bbearer\b/i.test(challenge) && fields.realm !== undefined) {
    return `Bearer ${await token(fields.realm, fields.service, fields.scope, access)}`;
  }
  if (/\bbasic\b/i.test(challenge)) {
    if (login === undefined || "identityToken" in login) throw notSignedIn(access, "401 Unauthorized");
    return basic(login);
  }
  throw new ImageError(
    `the registry ${registry} asks for a sign-in that is neither a token nor a password: ${challenge || "401 without WWW-Authenticate"}.`,
  );
}

/** What went wrong without a login, or with the one there is, and what to do. */
export function notSignedIn({ registry, repository, login, refused }: Access, reason: string): ImageError {
  if (refused) return refused(reason);
  return new ImageError(
    login === undefined
      ? `the registry ${registry} lets nobody read ${repository} without signing in (${reason}). Sign in with ${signInCommand(registry)}.`
      : `the registry ${registry} does not let the login that was used (${"username" in login ? login.username : "an identity token"}) ` +
          `read ${repository} (${reason}). It may be out of date: sign in again with ${signInCommand(registry)}. ` +
          "Otherwise the identity needs a role that may pull: AcrPull, or Container Registry Repository Reader.",
  );
}

/** The reason that a registry gives for a refusal: status, and code and message of its error if it has one. */
export async function refusalOf(answer: Answer): Promise<string> {
  const text = (await answer.text()).trim();
  try {
    const { errors } = z
      .object({ errors: z.array(z.object({ code: z.string(), message: z.string().default("") })) })
      .parse(JSON.parse(text));
    return [answer.status, ...errors.map(({ code, message }) => `${code}: ${message}`)].join(" ");
  } catch {
    return `${answer.status} ${text.slice(0, 200)}`.trim(); // not in the registries' form: whatever it says
  }
}

async function token(realm: string, service = "", scope = "", access: Access): Promise<string> {
  const { registry, repository, login, timeout } = access;
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  if (url === undefined || !(url.protocol === "https:" || registryUrl(registry).startsWith("http:"))) {
    throw new ImageError(`the registry ${registry} sends for a token to ${realm}, where a login would not be safe.`);
  }
  const fields = { service, scope: scope || `repository:${repository}:pull` };
  let answer: Answer;
  if (login !== undefined && "identityToken" in login) {
    const form = { grant_type: "refresh_token", client_id: clientId, refresh_token: login.identityToken, ...fields };
    answer = await send(url.href, { method: "POST", body: new URLSearchParams(form), timeout });
  } else {
    for (const [name, value] of Object.entries(fields)) if (value !== "") url.searchParams.set(name, value);
    answer = await send(url.href, { headers: login && { authorization: basic(login) }, timeout });
  }
  if (answer.status === 401 || answer.status === 403) throw notSignedIn(access, await refusalOf(answer));
  if (answer.status !== 200) {
    throw new ImageError(
      `the token service ${url.origin}${url.pathname} of the registry ${registry} answered ${await refusalOf(answer)}. Try again later.`,
    );
  }
  const found = tokenIn(await answer.text());
  if (found === undefined)
    throw new ImageError(`the token service ${url.origin}${url.pathname} answered without a token.`);
  return found;
}

function tokenIn(text: string): string | undefined {
  try {
    const body = z
      .object({ token: z.string().optional(), access_token: z.string().optional() })
      .parse(JSON.parse(text));
    return body.token || body.access_token;
  } catch {
    return undefined;
  }
}

function basic({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

function signInCommand(registry: string): string {
  const azure = /^([a-z\d-]+)\.azurecr\.io$/i.exec(registry)?.[1];
  if (azure !== undefined) return `\`az acr login --name ${azure}\``;
  return registry === dockerHub ? "`docker login`" : `\`docker login ${registry}\``;
}
