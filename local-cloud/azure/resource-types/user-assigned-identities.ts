import { randomUUID } from "node:crypto";
import { ArmError, notEmulated } from "../errors";
import { objectOr } from "../json";
import type { ResourceType } from ".";

/** Managed identities: the service gives each an object id (`principalId`) and a client id. */
export const userAssignedIdentities: ResourceType = {
  type: "Microsoft.ManagedIdentity/userAssignedIdentities",
  apiVersions: ["2018-11-30", "2022-01-31-preview", "2023-01-31", "2023-07-31-preview", "2024-11-30"],
  tracked: true,
  members: [],

  checkName(name) {
    checkIdentityName(name, "userAssignedIdentities");
  },

  async put({ state, body, existing }) {
    const [unknown] = Object.keys(objectOr(body.properties)).filter(
      (key) => !["tenantId", "principalId", "clientId"].includes(key),
    );
    if (unknown !== undefined) throw notEmulated(`the identity property '${unknown}'`);
    const properties = existing?.properties ?? {
      tenantId: state.tenantId,
      principalId: randomUUID(),
      clientId: randomUUID(),
    };
    return { properties };
  },

  show: (resource) => resource.properties,
};

/** Identities and their credentials: 3 to 128 (credentials 120) letters, digits, hyphens, underscores; starts with a letter or digit. */
export function checkIdentityName(name: string, type: string): void {
  const longest = type === "userAssignedIdentities" ? 128 : 120;
  if (/^[a-zA-Z0-9][a-zA-Z0-9_-]*$/.test(name) && name.length >= 3 && name.length <= longest) return;
  throw new ArmError(
    400,
    "InvalidResourceName",
    `The resource name '${name}' is invalid. It must have 3 to ${longest} letters, digits, hyphens and underscores, and start with a letter or digit.`,
  );
}
