import { randomUUID } from "node:crypto";
import * as z from "zod";
import { invalidArgument } from "../common/errors";
import { sameName } from "../common/naming";
import type { Organization } from "../common/organization";
import type { ServiceEndpoint } from "./state";

const texts = z.record(z.string(), z.string().nullable());

/** What a request says about how a service connection signs in. */
export const endpointInput = z.object({
  type: z.string(),
  data: texts.nullish(),
  authorization: z.object({ scheme: z.string(), parameters: texts.nullish() }),
});

type EndpointInput = z.output<typeof endpointInput>;

interface Scheme {
  /** Parameters without which the service refuses the connection. */
  required: string[];
  /** Parameters that can be written and never read. */
  secret: readonly string[];
  /** Whether it signs in as an application of Entra ID. */
  asApplication?: true;
}

const azureContainerRegistry = ["tenantId", "loginServer", "scope"];
const servicePrincipal = { secret: ["serviceprincipalkey"], asApplication: true } as const;
const federated = { secret: [], asApplication: true } as const;

/** The types of service connection that are known here, and for each its authentication schemes. */
const types: Record<string, Record<string, Scheme>> = {
  dockerregistry: {
    WorkloadIdentityFederation: { required: azureContainerRegistry, ...federated },
    ServicePrincipal: { required: azureContainerRegistry, ...servicePrincipal },
    UsernamePassword: { required: ["username", "password", "registry"], secret: ["password"] },
  },
  azurerm: {
    WorkloadIdentityFederation: { required: ["tenantid"], ...federated },
    ServicePrincipal: { required: ["tenantid"], ...servicePrincipal },
    ManagedServiceIdentity: { required: ["tenantid"], secret: [] },
  },
  github: {
    PersonalAccessToken: { required: ["accessToken"], secret: ["accessToken"] },
    Token: { required: ["AccessToken"], secret: ["AccessToken"] },
    OAuth: { required: ["ConfigurationId"], secret: ["AccessToken"] },
  },
  // A server that nothing is known of, and a Git repository elsewhere: both may be open to everybody.
  generic: { UsernamePassword: { required: [], secret: ["password"] } },
  git: { UsernamePassword: { required: [], secret: ["password"] } },
};

/** The scheme in the service's own spelling. Throws where the type does not have it. */
export function schemeOf({ type, authorization }: EndpointInput): string {
  return lookUp(type, authorization.scheme).name;
}

/**
 * How a connection signs in, as the service keeps it: secrets apart, and the parameters filled in that it provides
 * itself. A federated connection gets its issuer and subject, which stay as they are whatever happens to its name.
 *
 * @param former The connection as it was: a secret that is not sent again is kept.
 */
export function authorizationOf(
  organization: Organization,
  endpointId: string,
  input: EndpointInput,
  former?: ServiceEndpoint,
): Pick<ServiceEndpoint, "scheme" | "parameters" | "secrets" | "data"> {
  const { name: scheme, rules } = lookUp(input.type, input.authorization.scheme);
  const sent = Object.entries(input.authorization.parameters ?? {});
  const isSecret = (name: string) => rules.secret.some((secret) => sameName(secret, name));
  const secrets = {
    ...former?.secrets,
    ...textsOf(sent.filter(([name]) => isSecret(name)).filter(([, value]) => value)),
  };
  const parameters = textsOf(sent.filter(([name]) => !isSecret(name)));
  const data = textsOf(Object.entries(input.data ?? {}));

  const given = { ...parameters, ...secrets };
  const missing = rules.required.filter((name) => !lookUpValue(given, name));
  if (missing.length > 0) {
    throw invalidArgument(`Service connection: the authorization parameters ${missing.join(", ")} are required.`);
  }
  if (!rules.asApplication) return { scheme, parameters, secrets, data };

  if (!lookUpValue(parameters, "serviceprincipalid")) {
    if (sameName(data.creationMode ?? "", "Manual")) {
      throw invalidArgument("Service connection: the authorization parameter serviceprincipalid is required.");
    }
    // Created "automatically": the service registers an application of its own.
    Object.assign(parameters, { serviceprincipalid: former?.parameters.serviceprincipalid ?? randomUUID() });
    Object.assign(data, {
      appObjectId: data.appObjectId || former?.data.appObjectId || randomUUID(),
      spnObjectId: data.spnObjectId || former?.data.spnObjectId || randomUUID(),
    });
  }
  if (scheme === "WorkloadIdentityFederation") {
    Object.assign(parameters, federation(organization, endpointId));
  }
  return { scheme, parameters, secrets, data };
}

/**
 * Issuer and subject of the tokens that jobs get for a federated connection. Connections made since 2025 are issued
 * for by Entra ID itself; the subject names the tenant, Azure DevOps' own application, the organization and the
 * connection, the first two as their sixteen bytes in base64url.
 */
function federation(organization: Organization, endpointId: string) {
  const azureDevOps = "499b84ac-1321-427f-aa17-267ca6975798";
  const path = `t/${guidBytes(organization.tenantId)}/a/${guidBytes(azureDevOps)}`;
  return {
    workloadIdentityFederationIssuer: `https://login.microsoftonline.com/${organization.tenantId}/v2.0`,
    workloadIdentityFederationSubject: `/eid1/c/pub/${path}/sc/${organization.state.organizationId}/${endpointId}`,
    workloadIdentityFederationIssuerType: "EntraID",
  };
}

/** A GUID as .NET lays it out: the first three groups little-endian. */
function guidBytes(guid: string): string {
  const bytes = Buffer.from(guid.replaceAll("-", ""), "hex");
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
  return Buffer.from(order.map((index) => bytes.readUInt8(index))).toString("base64url");
}

function lookUp(type: string, scheme: string): { name: string; rules: Scheme } {
  const schemes = types[type.toLowerCase()] ?? {};
  const found = Object.entries(schemes).find(([name]) => sameName(name, scheme));
  if (found) return { name: found[0], rules: found[1] };
  throw invalidArgument(`Unable to find service endpoint type '${type}' using authentication scheme '${scheme}'.`);
}

function lookUpValue(values: Record<string, string>, name: string): string | undefined {
  return Object.entries(values).find(([key]) => sameName(key, name))?.[1];
}

function textsOf(entries: [string, string | null][]): Record<string, string> {
  return Object.fromEntries(entries.map(([name, value]) => [name, value ?? ""]));
}
