import { createHash } from "node:crypto";
import { messageOf } from "../../../src/common/errors";
import { type ImageReference, parseReference } from "../../../src/image/reference";
import { isObject, stringOf } from "../../azure/json";
import { type HttpAnswer, isOk, send } from "../http";

/** Manifests that the registry may answer with, lists of platforms first: their digest is the image's. */
const manifestTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/**
 * The digest of an image in its registry, read without credentials.
 *
 * @param name as in a Dockerfile, for example `debian:12` or `127.0.0.1:9482/base:1`.
 * @throws Error in the docker provider's words when the registry does not answer or has no such image.
 */
export async function readDigest(name: string): Promise<string> {
  const reference = parseReference(name);
  try {
    return await digestOf(reference);
  } catch (error) {
    const { repository, version } = reference;
    const reason = messageOf(error);
    throw new Error(
      `Got error when attempting to fetch image version ${repository}:${version} from registry: ${reason}`,
    );
  }
}

async function digestOf({ registry, repository, version }: ImageReference): Promise<string> {
  const scheme = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(registry) ? "http" : "https";
  const url = `${scheme}://${registry}/v2/${repository}/manifests/${version}`;
  let answer = await request(url);
  if (answer.status === 401) {
    const token = await anonymousToken(answer.headers["www-authenticate"] ?? "", repository);
    answer = await request(url, token);
  }
  requireOk(answer);
  const digest = answer.headers["docker-content-digest"];
  return typeof digest === "string" ? digest : `sha256:${createHash("sha256").update(answer.body).digest("hex")}`;
}

function request(url: string, token?: string): Promise<HttpAnswer> {
  const headers = { accept: manifestTypes, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
  return send(url, { headers }).catch((error: Error) => {
    throw new Error(`Error during registry request: ${error.message}`);
  });
}

function requireOk(answer: HttpAnswer): void {
  if (!isOk(answer)) throw new Error(`Got bad response from registry: ${answer.status} ${answer.statusText}`);
}

/** The token that a registry gives to anybody (https://distribution.github.io/distribution/spec/auth/token/). */
async function anonymousToken(challenge: string, repository: string): Promise<string> {
  const fields = Object.fromEntries([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]));
  if (!/^bearer /i.test(challenge) || fields.realm === undefined) {
    throw new Error(`Bad credentials: 401 Unauthorized (${challenge || "no challenge"})`);
  }
  const url = new URL(fields.realm);
  if (fields.service !== undefined) url.searchParams.set("service", fields.service);
  url.searchParams.set("scope", fields.scope ?? `repository:${repository}:pull`);
  const answer = await send(url.href);
  requireOk(answer);
  const body: unknown = JSON.parse(answer.body.toString());
  const { token: named, access_token } = isObject(body) ? body : {};
  const token = stringOf(named) ?? stringOf(access_token);
  if (token === undefined) throw new Error(`the token service ${fields.realm} answered without a token`);
  return token;
}
