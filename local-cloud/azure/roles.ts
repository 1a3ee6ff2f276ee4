/** A built-in role: what it allows on resources (`actions`) and on the data in them (`dataActions`). */
export interface Role {
  /** Its GUID, the same in every tenant. */
  name: string;
  roleName: string;
  description: string;
  actions: readonly string[];
  notActions: readonly string[];
  dataActions: readonly string[];
}

const registries = "Microsoft.ContainerRegistry/registries";
const workspaces = "Microsoft.MachineLearningServices/workspaces";

function role(name: string, roleName: string, description: string, allowed: Partial<Role>): Role {
  return { name, roleName, description, actions: [], notActions: [], dataActions: [], ...allowed };
}

/**
 * The built-in roles that the local cloud knows, with the permissions of Azure's documentation ("Azure built-in
 * roles"). Any other role is refused when it is assigned.
 */
export const roles = {
  owner: role(
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    "Owner",
    "Grants full access to manage all resources, including the ability to assign roles in Azure RBAC.",
    { actions: ["*"] },
  ),
  contributor: role(
    "b24988ac-6180-42a0-ab88-20f7382dd24c",
    "Contributor",
    "Grants full access to manage all resources, but does not allow you to assign roles in Azure RBAC.",
    { actions: ["*"], notActions: ["Microsoft.Authorization/*/Delete", "Microsoft.Authorization/*/Write"] },
  ),
  reader: role(
    "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    "Reader",
    "View all resources, but does not allow you to make any changes.",
    { actions: ["*/read"] },
  ),
  accessAdministrator: role(
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
    "Role Based Access Control Administrator",
    "Manage access to Azure resources by assigning roles using Azure RBAC.",
    {
      actions: [
        "Microsoft.Authorization/roleAssignments/write",
        "Microsoft.Authorization/roleAssignments/delete",
        "*/read",
      ],
    },
  ),
  dataScientist: role(
    "f6c7c914-8db3-469d-8ca1-694a8f32e121",
    "AzureML Data Scientist",
    "Can perform all actions within an Azure Machine Learning workspace, except for creating or deleting compute resources and modifying the workspace itself.",
    {
      actions: ["read", "action", "delete", "write"].map((verb) => `${workspaces}/*/${verb}`),
      notActions: [
        `${workspaces}/delete`,
        `${workspaces}/write`,
        `${workspaces}/computes/*/write`,
        `${workspaces}/computes/*/delete`,
        `${workspaces}/computes/listKeys/action`,
        `${workspaces}/listKeys/action`,
      ],
    },
  ),
  acrPull: role("7f951dda-4ed3-4680-a7ca-43fe172d538d", "AcrPull", "acr pull", {
    actions: [`${registries}/pull/read`],
  }),
  acrPush: role("8311e382-0749-4cb8-b61a-304f252e45ec", "AcrPush", "acr push", {
    actions: [`${registries}/pull/read`, `${registries}/push/write`],
  }),
  acrDelete: role("c2f4ef07-c644-48eb-af81-4b1b4947fb11", "AcrDelete", "acr delete", {
    actions: [`${registries}/artifacts/delete`],
  }),
  repositoryReader: role(
    "b93aa761-3e63-49ed-ac28-beffa264f7ac",
    "Container Registry Repository Reader",
    "Allows for read access to Azure Container Registry repositories, but excluding catalog listing.",
    { dataActions: repository("read") },
  ),
  repositoryWriter: role(
    "2a1e307c-b015-4ebd-883e-5b7698a07328",
    "Container Registry Repository Writer",
    "Allows for read and write access to Azure Container Registry repositories, but excluding catalog listing.",
    { dataActions: repository("read", "write") },
  ),
  repositoryContributor: role(
    "2efddaa5-3f1f-4df3-97df-af3f13818f4c",
    "Container Registry Repository Contributor",
    "Allows for read, write, and delete access to Azure Container Registry repositories, but excluding catalog listing.",
    { dataActions: repository("read", "write", "delete") },
  ),
  catalogLister: role(
    "bfdb9389-c9a5-478a-bb2f-ba9ca092c3c7",
    "Container Registry Repository Catalog Lister",
    "Allows for listing all repositories in an Azure Container Registry.",
    { dataActions: [`${registries}/catalog/read`] },
  ),
};

function repository(...verbs: ("read" | "write" | "delete")[]): string[] {
  return verbs.flatMap((verb) => [
    `${registries}/repositories/content/${verb}`,
    `${registries}/repositories/metadata/${verb}`,
  ]);
}

const byName = new Map(Object.values(roles).map((known) => [known.name, known]));

/** The built-in role of that name (GUID), if the local cloud knows it. */
export function findRole(name: string): Role | undefined {
  return byName.get(name.toLowerCase());
}
