import { timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { latestVersion } from "./common/api-location";
import { invalidArgument, unauthorized, versionNotSupplied, versionOutOfRange } from "./common/errors";
import { type Caller, type Member, operatorName } from "./members";
import { requireRight } from "./rights";
import { scopesOf } from "./scoped-token";
import { isInScope } from "./scopes";

declare module "fastify" {
  interface FastifyContextConfig {
    /** A page beside the API: it opens without the access token, and shows no secret. */
    page?: true;
    /** Git's own protocol: it knows no versions of the API. */
    git?: true;
  }
  interface FastifyRequest {
    /** Undefined for a page. */
    caller: Caller | undefined;
  }
}

/** Whether a request is for a page. What is under `_apis` never is: it needs the access token. */
export function isPage({ routeOptions, url }: FastifyRequest): boolean {
  return routeOptions.config.page === true && !/\/_apis(\/|$)/i.test(url.split("?")[0] ?? url);
}

/** Whom Microsoft Entra knows. */
export interface EntraIdentities {
  /** Object id of the identity that a token for Azure DevOps is of; undefined if it is no such token. */
  objectIdOf: (token: string) => Promise<string | undefined>;
  /** Those that are users of the organization, by their object ids. */
  users: ReadonlyMap<string, Member>;
}

/** Whose credentials are taken. */
export interface Credentials {
  /** The one that may do everything; others that may do less are made from it. */
  personalAccessToken: string;
  /** That of the run in progress. */
  runToken: string | undefined;
  /** As whom the run asks for a path. */
  runMember: (path: string) => Member;
  entra: EntraIdentities;
}

/**
 * Who makes a request; undefined if nobody knows the credentials. A personal access token is the password of any user
 * name. So is a run's own token, and one of Microsoft Entra, which may be a bearer as well.
 *
 * @throws ServiceError if the identity is no user of the organization, or may not do what is asked for
 */
export async function callerOf(
  request: FastifyRequest,
  { personalAccessToken, runToken, runMember, entra }: Credentials,
): Promise<Caller | undefined> {
  const [scheme = "", credentials = ""] = (request.headers.authorization ?? "").split(" ");
  const isBasic = scheme.toLowerCase() === "basic";
  if (!isBasic && scheme.toLowerCase() !== "bearer") return undefined;
  const given = isBasic
    ? Buffer.from(credentials, "base64")
        .toString()
        .replace(/^[^:]*:/, "")
    : credentials;
  if (isBasic && isSame(given, personalAccessToken)) return { name: operatorName, bypassesPolicies: true };
  const { method, path } = operationOf(request);
  const scopes = isBasic ? scopesOf(given, personalAccessToken) : undefined;
  if (scopes !== undefined) {
    return isInScope(scopes, method, path) ? { name: operatorName, bypassesPolicies: false } : undefined;
  }
  if (runToken !== undefined && isSame(given, runToken)) {
    return mayDo(runMember(path), method, path);
  }
  const objectId = await entra.objectIdOf(given);
  if (objectId === undefined) return undefined;
  const member = entra.users.get(objectId);
  if (member === undefined) throw unauthorized(objectId);
  return mayDo(member, method, path);
}

function mayDo(member: Member, method: string, path: string): Caller {
  requireRight(member, method, path);
  return { name: member.name, bypassesPolicies: false };
}

/**
 * What is asked for. Git fetches by POST, and begins a push by GET
 * (https://git-scm.com/docs/http-protocol): its two services are a read and a write of the repository here.
 */
function operationOf({ method, url }: FastifyRequest): { method: string; path: string } {
  const [path = "", query] = url.split("?");
  const [, repository, asked] = /^(.*\/_git\/[^/]+)\/(info\/refs|git-upload-pack|git-receive-pack)$/i.exec(path) ?? [];
  if (repository === undefined || asked === undefined) return { method, path };
  const service = asked.includes("/") ? new URLSearchParams(query).get("service") : asked.toLowerCase();
  return service === "git-upload-pack"
    ? { method: "GET", path: `${repository}/git-upload-pack` }
    : { method: "POST", path: `${repository}/git-receive-pack` };
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
