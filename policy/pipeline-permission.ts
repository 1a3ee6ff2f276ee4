import type { Rule } from "./rule";

/** https://learn.microsoft.com/azure/devops/pipelines/security/resources */
export const pipelinePermission: Rule = {
  name: "pipeline-permission",
  description: "A service connection, variable group or the like is for named pipelines, never for all.",
  types: /^azuredevops:index\/(pipelineAuthorization|resourceAuthorization):/,
  *check(inputs) {
    // `in` does not read them: which pipeline it will be is known only after it was created.
    if ("pipelineId" in inputs || "definitionId" in inputs || inputs.authorized === false) return;
    yield "it names no pipeline, and so lets every pipeline of the project use the resource, also those that are made later. " +
      "Set pipelineId (definitionId) to the definition that needs it, and make one such resource for each.";
  },
};
