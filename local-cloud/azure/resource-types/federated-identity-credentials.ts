import { ArmError, notEmulated } from "../errors";
import { objectOr, stringOf } from "../json";
import { resourcesOfType } from "../state";
import type { ResourceType } from ".";
import { checkIdentityName } from "./user-assigned-identities";

const type = "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials";

/** The service's limit on federated credentials of one identity. */
const limit = 20;

/** Federated credentials of a managed identity: whose tokens (issuer, subject, audience) it takes as its own. */
export const federatedIdentityCredentials: ResourceType = {
  type,
  apiVersions: ["2022-01-31-preview", "2023-01-31", "2023-07-31-preview", "2024-11-30"],
  tracked: false,
  members: [],

  checkName(name) {
    checkIdentityName(name, "federatedIdentityCredentials");
  },

  async put({ state, id, body, existing }) {
    const { issuer, subject, audiences, ...rest } = objectOr(body.properties);
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined) throw notEmulated(`the federated credential property '${unknown}'`);
    const [issuerUrl, subjectText] = [requireText("issuer", issuer), requireText("subject", subject)];
    if (!isIssuer(issuerUrl)) throw badRequest(`The issuer '${issuerUrl}' is not a valid HTTPS URL.`);
    const [audience, ...more] = Array.isArray(audiences) ? audiences : [];
    if (typeof audience !== "string" || audience === "" || more.length > 0) {
      throw badRequest("The property 'audiences' must have exactly one value.");
    }

    const identity = parentOf(id);
    const siblings = resourcesOfType(state, type).filter(
      (other) => parentOf(other.id) === identity && other.id.toLowerCase() !== id.toLowerCase(),
    );
    if (siblings.some(({ properties }) => properties.issuer === issuerUrl && properties.subject === subjectText)) {
      throw new ArmError(409, "Conflict", "Issuer and subject combination already exists for this Managed Identity.");
    }
    if (existing === undefined && siblings.length >= limit) {
      throw badRequest(`Too many Federated Identity Credentials: a Managed Identity can have at most ${limit}.`);
    }
    return { properties: { issuer: issuerUrl, subject: subjectText, audiences: [audience] } };
  },

  show: (resource) => resource.properties,
};

function requireText(name: string, value: Parameters<typeof stringOf>[0]): string {
  const text = stringOf(value);
  if (text === undefined || text === "") throw badRequest(`The property '${name}' is required.`);
  return text;
}

/** Entra ID takes https issuers only; the local cloud's own, on loopback, are plain http. */
function isIssuer(issuer: string): boolean {
  if (!URL.canParse(issuer)) return false;
  const { protocol, hostname } = new URL(issuer);
  return protocol === "https:" || (protocol === "http:" && ["127.0.0.1", "localhost"].includes(hostname));
}

function parentOf(id: string): string {
  return id.toLowerCase().split("/").slice(0, -2).join("/");
}

function badRequest(message: string): ArmError {
  return new ArmError(400, "BadRequest", message);
}
