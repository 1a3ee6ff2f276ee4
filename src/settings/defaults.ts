/** Defaults that commands have as well as settings. They are not in the schema because that takes a command long to load. */
export const defaults = {
  dockerfile: "docker/Dockerfile",
  condaFile: "docker/ci_dependencies.yml",
  trainingFile: "docker/conda_dependencies.yml",
  scoringFile: "docker/conda_dependencies_scoring.yml",
  connectionName: "acrconnection",
  modelPipeline: "pipelines/model-ci.yml",
};
