import { azureType, type Rule } from "./rule";

/** https://learn.microsoft.com/azure/container-registry/container-registry-authentication#admin-account */
export const registryAdminUser: Rule = {
  name: "registry-admin-user",
  description: "A container registry has no admin user.",
  types: azureType("containerregistry", "Registry"),
  *check({ adminUserEnabled }) {
    if (adminUserEnabled !== true) return;
    yield "adminUserEnabled is true: its password opens the whole registry to everyone who has it. " +
      "Set it to false, and sign in as an identity that has a role on the registry.";
  },
};
