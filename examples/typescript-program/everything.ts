// A whole job container by arguments, without settings in the stack's configuration, and with a change of its own.
import { createJobContainer } from "job-container";

export = async () => {
  const { outputs } = await createJobContainer("job-container", {
    project: "mlops",
    repository: { kind: "azureRepos", name: "diabetes_regression" },
    registry: { kind: "new", name: "contosoimages", sku: "Premium" },
    modelPipelines: [{ path: "pipelines/model-ci.yml" }],
    transform: {
      registry: { registry: { zoneRedundancy: "Enabled" } },
      modelPipeline: { definition: (args) => ({ ...args, jobAuthorizationScope: "project" }) },
    },
  });
  return outputs;
};
