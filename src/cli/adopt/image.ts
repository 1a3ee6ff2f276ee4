/** The image that MLOpsPython's pipelines run in: https://github.com/microsoft/MLOpsPython */
export const stockImage = "mcr.microsoft.com/mlops/python";
