/** A refusal of Azure Resource Manager: HTTP status, Azure's error code, and its message. */
export class ArmError extends Error {
  override readonly name = "ArmError";

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }

  /** The body of the answer, as Resource Manager writes it. */
  get body() {
    return { error: { code: this.code, message: this.message } };
  }
}

/** A part of Azure that the local cloud does not emulate: it says which, instead of accepting it in silence. */
export function notEmulated(what: string): ArmError {
  return new ArmError(501, "NotImplemented", `The local cloud does not emulate ${what}.`);
}

export function subscriptionNotFound(id: string): ArmError {
  return new ArmError(404, "SubscriptionNotFound", `The subscription '${id}' could not be found.`);
}

export function resourceGroupNotFound(name: string): ArmError {
  return new ArmError(404, "ResourceGroupNotFound", `Resource group '${name}' could not be found.`);
}

/** @param type for example `Microsoft.ContainerRegistry/registries/name`: namespace, and types with their names. */
export function resourceNotFound(type: string, resourceGroup: string): ArmError {
  return new ArmError(
    404,
    "ResourceNotFound",
    `The Resource '${type}' under resource group '${resourceGroup}' was not found. ` +
      "For more details please go to https://aka.ms/ARMResourceNotFoundFix",
  );
}
