import { ArmError, notEmulated } from "../errors";
import { objectOr, stringOf } from "../json";
import type { ResourceType } from ".";

/** Properties that may be changed afterwards. What a version consists of may not. */
const changeable = ["description", "tags", "properties", "isArchived", "stage"];

/**
 * Versions of the environments of an Azure Machine Learning workspace, made of an image. The environment itself, which
 * the service calls a container, comes with its first version. The local cloud runs no jobs in them.
 *
 * https://learn.microsoft.com/rest/api/azureml/environment-versions
 */
export const environmentVersions: ResourceType = {
  type: "Microsoft.MachineLearningServices/workspaces/environments/versions",
  apiVersions: ["2023-04-01", "2023-10-01", "2024-04-01", "2024-10-01", "2025-06-01", "2025-09-01", "2025-12-01"],
  makesParent: true,
  tracked: false,
  members: [],

  checkName(version, id) {
    const name = environmentOf(id);
    // Its own environments are called so: https://learn.microsoft.com/azure/machine-learning/how-to-manage-environments-v2
    if (/^(azureml|microsoft)/i.test(name)) {
      throw userError(
        `Environment name '${name}' is invalid: names that start with AzureML or Microsoft are reserved.`,
      );
    }
    for (const [what, text] of Object.entries({ name, version })) {
      if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}$/.test(text)) continue;
      throw userError(`The environment ${what} '${text}' must be 1 to 255 letters, digits, '_', '.' and '-'.`);
    }
  },

  async put({ id, name: version, body, existing }) {
    const {
      image: given,
      osType = "Linux",
      autoRebuild = "Disabled",
      isAnonymous,
      ...rest
    } = objectOr(body.properties);
    const image = stringOf(given);
    const [unknown] = Object.keys(rest).filter((key) => !changeable.includes(key));
    if (unknown !== undefined) throw notEmulated(`the environment property '${unknown}'`);
    // With an image of its own there is nothing that Azure ML would build again.
    if (autoRebuild !== "Disabled") throw notEmulated(`autoRebuild '${autoRebuild}' of an environment`);
    if (isAnonymous === true) throw notEmulated("anonymous environments");
    if (image === undefined) throw userError("An environment must have either an image or a build context.");
    if (osType !== "Linux" && osType !== "Windows") throw userError(`The osType '${osType}' is not Linux or Windows.`);
    const { image: registered, osType: registeredType } = existing?.properties ?? { image, osType };
    // In the service's words: https://github.com/Azure/azure-cli-extensions/issues/5440
    if (image !== registered || osType !== registeredType) {
      throw userError(
        `Environment ${environmentOf(id)} with version ${version} is already registered and cannot be changed.`,
      );
    }
    return { properties: { ...rest, image, osType, autoRebuild } };
  },

  show: ({ properties }) => ({
    ...{ environmentType: "UserCreated", isAnonymous: false, isArchived: false, tags: {}, properties: {} },
    ...properties,
    provisioningState: "Succeeded",
  }),
};

/** Name of the environment in the id of one of its versions. */
function environmentOf(id: string): string {
  return id.split("/").at(-3) ?? "";
}

function userError(message: string): ArmError {
  return new ArmError(400, "UserError", message);
}
