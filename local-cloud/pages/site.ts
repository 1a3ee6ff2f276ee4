import type { AzureDevOpsContents } from "../azuredevops/server";
import type { RegistryContents } from "../registry/contents";

/** What the pages show: read, and never changed. */
export interface Site extends AzureDevOpsContents {
  registries: RegistryContents;
}
