import { azureType, type Rule } from "./rule";

/** https://learn.microsoft.com/azure/container-registry/anonymous-pull-access */
export const registryAnonymousPull: Rule = {
  name: "registry-anonymous-pull",
  description: "A container registry gives images only to identities that have a role on it.",
  types: azureType("containerregistry", "Registry"),
  *check({ anonymousPullEnabled }) {
    if (anonymousPullEnabled !== true) return;
    yield "anonymousPullEnabled is true: everyone who can reach the registry may pull all of its images. " +
      "Set it to false, and give those who need it AcrPull.";
  },
};
