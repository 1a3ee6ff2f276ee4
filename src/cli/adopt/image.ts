import { imageVariable } from "../../rules/names";

/** The image that MLOpsPython's pipelines run in: https://github.com/microsoft/MLOpsPython */
export const stockImage = "mcr.microsoft.com/mlops/python";

/**
 * What a pipeline names the job container by. The stack sets the variable on the definition, to repository and digest;
 * the agent takes the registry's host from the service connection.
 */
export const variable = `$(${imageVariable})`;
