// A whole job container by arguments, some of them from the stack's configuration, and with a change of its own.
import { Config } from "@pulumi/pulumi";
import { createJobContainer } from "job-container";

export = async () => {
  const config = new Config();
  const { outputs } = await createJobContainer("job-container", {
    project: config.require("project"),
    repository: config.requireObject("repository"),
    registry: config.requireObject("registry"),
    baseImage: config.get("baseImage"),
    condaChannel: config.get("condaChannel"),
    lockFolder: config.get("lockFolder"),
    builder: config.get("builder"),
    modelPipelines: [{ path: "pipelines/model-ci.yml" }],
    protect: config.getBoolean("protect"),
    transform: {
      registry: { registry: { tags: { team: "ml" } } },
      modelPipeline: { definition: (args) => ({ ...args, queueStatus: "paused" }) },
    },
  });
  return outputs;
};
