import * as pulumi from "@pulumi/pulumi";
import { imageVariable } from "../rules/names";
import type { AdoptedDefinition } from "./adopted-definition";
import type { OwnOutputs } from "./own-outputs";

/**
 * Says what stays of definitions that were adopted, which are never deleted: of those that the settings adopt no longer,
 * and, while `pulumi destroy` would be done, of all. A destroy does not run the program, which cannot say it then.
 *
 * @param own what the stack put out when it was last up
 * @param adopted what it adopts from now on
 * @param isProtected whether the engine would refuse to destroy the stack
 */
export function sayWhatStays(own: OwnOutputs, adopted: AdoptedDefinition[], isProtected: boolean): void {
  const ids = new Set(adopted.map(({ id }) => String(id)));
  for (const { id, name, url, adopted: wasAdopted } of own.modelPipelines ?? []) {
    if (!wasAdopted || id === undefined || ids.has(id)) continue;
    pulumi.log.info(
      `the pipeline definition ${name} (${id}) is adopted no longer. It stays, with the variable ${imageVariable} as it is, ` +
        `and may no longer use the service connection. Take the variable away if no job needs it: ${url}`,
    );
  }
  if (isProtected || adopted.length === 0) return;
  const names = adopted.map(({ id, name }) => `${name} (${id})`).join(", ");
  pulumi.log.info(
    `pulumi destroy would leave the pipeline definitions that were adopted, with their variable ${imageVariable}: ${names}`,
  );
}
