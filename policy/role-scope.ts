import { azureType, type Rule } from "./rule";

/** The id of one resource. Those of a management group, a subscription and a resource group end before `providers`. */
const oneResource = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/[^/]+(\/[^/]+\/[^/]+)+\/?$/i;

export const roleScope: Rule = {
  name: "role-scope",
  description: "A role is assigned on one resource, not on a group of them.",
  types: azureType("authorization", "RoleAssignment"),
  *check({ scope }) {
    if (oneResource.test(String(scope))) return;
    yield `scope is ${scope}: the role would hold for everything in it, also what is put there later. ` +
      "Assign it on the registry, by the registry's id.";
  },
};
