// For a team that has its image already: the registry that it is kept in, and the service connection to pull it.
import { getClientConfig } from "@pulumi/azure-native/authorization";
import { ResourceGroup } from "@pulumi/azure-native/resources";
import { ContainerRegistry, findPipelineSource, RegistryConnection } from "job-container";

export = async () => {
  const account = await getClientConfig();
  const repository = { kind: "azureRepos", name: "diabetes_regression" } as const;
  const { projectId } = await findPipelineSource("https://dev.azure.com/contoso", "mlops", repository);

  const { name: resourceGroup } = new ResourceGroup("images", { resourceGroupName: "rg-images" });
  const registry = new ContainerRegistry("images", {
    source: { kind: "new", name: "contosoimages", sku: "Standard" },
    resourceGroup,
  });
  const connection = new RegistryConnection("images", {
    connectionName: "acrconnection",
    projectId,
    registry,
    access: "pull",
    repository: "mlops/diabetes_regression",
    account,
    resourceGroup,
  });
  return { loginServer: registry.loginServer, serviceConnection: connection.name };
};
