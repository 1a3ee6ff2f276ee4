import { ArmError } from "./errors";

/** Azure's public regions, by the names that the service uses. */
const locations = new Set(
  (
    "australiacentral australiaeast australiasoutheast austriaeast belgiumcentral brazilsouth canadacentral canadaeast " +
    "centralindia centralus chilecentral eastasia eastus eastus2 francecentral germanywestcentral indonesiacentral " +
    "israelcentral italynorth japaneast japanwest koreacentral koreasouth malaysiawest mexicocentral newzealandnorth " +
    "northcentralus northeurope norwayeast polandcentral qatarcentral southafricanorth southcentralus southeastasia " +
    "southindia spaincentral swedencentral switzerlandnorth uaenorth uksouth ukwest westcentralus westeurope " +
    "westindia westus westus2 westus3"
  ).split(" "),
);

/** `West Europe`, as a person may write it, becomes `westeurope`, as the service does. */
export function normalizeLocation(location: string): string {
  return location.replace(/\s/g, "").toLowerCase();
}

/**
 * The normalized location of a request body.
 *
 * @param type what is being put, for the message.
 * @throws ArmError `LocationRequired` without one, `LocationNotAvailableFor…` for one that is no Azure region.
 */
export function requireLocation(location: unknown, type: string): string {
  if (typeof location !== "string" || location === "") {
    throw new ArmError(400, "LocationRequired", "The location property is required for this definition.");
  }
  const normalized = normalizeLocation(location);
  if (locations.has(normalized)) return normalized;
  const available = [...locations].join(",");
  throw type === "Microsoft.Resources/resourceGroups"
    ? new ArmError(
        400,
        "LocationNotAvailableForResourceGroup",
        `The provided location '${location}' is not available for resource group. List of available regions is '${available}'.`,
      )
    : new ArmError(
        400,
        "LocationNotAvailableForResourceType",
        `The provided location '${location}' is not available for resource type '${type}'. List of available regions for the resource type is '${available}'.`,
      );
}
