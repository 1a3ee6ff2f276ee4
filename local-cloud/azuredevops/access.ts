import { timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { latestVersion } from "./common/api-location";
import { accessDenied, invalidArgument, versionNotSupplied, versionOutOfRange } from "./common/errors";
import { scopesOf } from "./scoped-token";
import { isInScope } from "./scopes";

declare module "fastify" {
  interface FastifyContextConfig {
    /** A page beside the API: it opens without the access token, and shows no secret. */
    page?: true;
  }
}

/** Whether a request is for a page. What is under `_apis` never is: it needs the access token. */
export function isPage({ routeOptions, url }: FastifyRequest): boolean {
  return routeOptions.config.page === true && !/\/_apis(\/|$)/i.test(url.split("?")[0] ?? url);
}

/** Where the threads of a pull request are, and their comments. */
const pullRequestThread = /\/_apis\/git\/repositories\/[^/]+\/pullrequests\/[^/]+\/threads(?:\/|$)/i;

/**
 * A personal access token is the password of any user name, and so is a run's own token, which may be a bearer as well.
 *
 * @param personalAccessToken the one that may do everything; others that may do less are made from it
 * @param runToken of the run in progress
 * @throws ServiceError if a run asks for more than to read and to comment, which is what its identity may do: the build
 *   service, with "Contribute to pull requests"
 */
export function isAuthorized(
  request: FastifyRequest,
  personalAccessToken: string,
  runToken: string | undefined,
): boolean {
  const [scheme = "", credentials = ""] = (request.headers.authorization ?? "").split(" ");
  const isBasic = scheme.toLowerCase() === "basic";
  if (!isBasic && scheme.toLowerCase() !== "bearer") return false;
  const given = isBasic
    ? Buffer.from(credentials, "base64")
        .toString()
        .replace(/^[^:]*:/, "")
    : credentials;
  if (isBasic && isSame(given, personalAccessToken)) return true;
  const path = request.url.split("?")[0] ?? "";
  const scopes = isBasic ? scopesOf(given, personalAccessToken) : undefined;
  if (scopes !== undefined) return isInScope(scopes, request.method, path);
  if (runToken === undefined || !isSame(given, runToken)) return false;
  if (["GET", "HEAD", "OPTIONS"].includes(request.method)) return true;
  if (["POST", "PATCH"].includes(request.method) && pullRequestThread.test(path)) return true;
  throw accessDenied("The token of a run (System.AccessToken)", `${request.method} ${path}`);
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** `api-version` stands in the query or in the Accept header; only a read may do without. */
export function checkVersion(request: FastifyRequest): void {
  const query = new URLSearchParams(request.url.split("?")[1] ?? "").get("api-version");
  const version = query ?? /api-version=([^;,\s]+)/.exec(request.headers.accept ?? "")?.[1];
  if (!version) {
    if (request.method === "GET" || request.method === "OPTIONS") return;
    throw versionNotSupplied(request.method);
  }
  const number = /^(\d+\.\d+)(-preview(\.\d+)?)?$/.exec(version)?.[1];
  if (!number) throw invalidArgument(`The api-version '${version}' is not valid.`);
  if (Number(number) > Number(latestVersion)) throw versionOutOfRange(version, latestVersion);
}
