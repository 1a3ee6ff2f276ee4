import { randomUUID } from "node:crypto";
import { ArmError, notEmulated } from "../errors";
import { objectOr } from "../json";
import { findResource } from "../state";
import type { ResourceType } from ".";

/** Properties that a request may set; the local cloud keeps them and does nothing with them. */
const settable = [
  "friendlyName",
  "description",
  "storageAccount",
  "keyVault",
  "applicationInsights",
  "containerRegistry",
  "hbiWorkspace",
  "publicNetworkAccess",
];

/**
 * Azure Machine Learning workspaces. A workspace gets its registry when it first builds an image, so
 * `containerRegistry` is null until a request sets it. The local cloud has no storage accounts or key vaults: their
 * ids are kept as they come.
 */
export const workspaces: ResourceType = {
  type: "Microsoft.MachineLearningServices/workspaces",
  apiVersions: [
    "2023-04-01",
    "2023-10-01",
    "2024-04-01",
    "2024-10-01",
    "2025-04-01",
    "2025-06-01",
    "2025-09-01",
    "2025-12-01",
  ],
  tracked: true,
  members: ["identity", "sku", "kind"],

  checkName(name) {
    if (/^[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}$/.test(name)) return;
    throw new ArmError(
      400,
      "InvalidResourceName",
      `The workspace name '${name}' is invalid. It must have 3 to 33 letters, digits, hyphens and underscores, and start with a letter or digit.`,
    );
  },

  async put({ state, body, existing }) {
    const properties = objectOr(body.properties);
    const [unknown] = Object.keys(properties).filter(
      (key) => !settable.includes(key) && !(key in (existing?.properties ?? {})),
    );
    if (unknown !== undefined) throw notEmulated(`the workspace property '${unknown}'`);
    const registry = properties.containerRegistry ?? null;
    if (registry !== null && (typeof registry !== "string" || findResource(state, registry) === undefined)) {
      throw new ArmError(400, "BadRequest", `The container registry '${registry}' of the workspace does not exist.`);
    }
    const kept = Object.fromEntries(Object.entries(properties).filter(([key]) => settable.includes(key)));
    return {
      sku: { name: "Basic", tier: "Basic" },
      kind: "Default",
      identity: { type: "SystemAssigned", ...objectOr(body.identity) },
      properties: {
        ...kept,
        containerRegistry: registry,
        tenantId: state.tenantId,
        workspaceId: existing?.properties.workspaceId ?? randomUUID(),
      },
    };
  },

  show(resource) {
    return {
      hbiWorkspace: false,
      publicNetworkAccess: "Enabled",
      ...resource.properties,
      provisioningState: "Succeeded",
      discoveryUrl: `https://${resource.location}.api.azureml.ms/discovery`,
      mlFlowTrackingUri: `azureml://${resource.location}.api.azureml.ms/mlflow/v1.0${resource.id}`,
      privateLinkCount: 0,
      privateEndpointConnections: [],
      notebookInfo: null,
      serviceProvisionedResourceGroup: "",
      storageHnsEnabled: false,
      v1LegacyMode: false,
    };
  },
};
