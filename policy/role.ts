import { azureType, type Rule } from "./rule";

/**
 * The roles that let an identity pull from or push to a registry, in either permission mode, and do nothing else.
 * https://learn.microsoft.com/azure/container-registry/container-registry-rbac-built-in-roles-overview
 * Listed here as well as where they are assigned, so that a mistake there is found.
 */
const allowed = new Map([
  ["7f951dda-4ed3-4680-a7ca-43fe172d538d", "AcrPull"],
  ["8311e382-0749-4cb8-b61a-304f252e45ec", "AcrPush"],
  ["b93aa761-3e63-49ed-ac28-beffa264f7ac", "Container Registry Repository Reader"],
  ["2a1e307c-b015-4ebd-883e-5b7698a07328", "Container Registry Repository Writer"],
]);

/** Roles that this stack gives. What an identity was given elsewhere is not seen here. */
export const role: Rule = {
  name: "role",
  description: "An identity may pull from or push to a registry, and do nothing else.",
  types: azureType("authorization", "RoleAssignment"),
  *check({ roleDefinitionId }) {
    const id = String(roleDefinitionId);
    if (allowed.has(id.split("/").at(-1)?.toLowerCase() ?? "")) return;
    yield `roleDefinitionId is ${id}, which allows more than to pull and push. ` +
      `Assign one of ${[...allowed.values()].join(", ")}.`;
  },
};
