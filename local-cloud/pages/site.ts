import type { Runs } from "../azuredevops/builds/runs";
import type { Organization } from "../azuredevops/common/organization";
import type { RegistryContents } from "../registry/contents";

/** What the pages show: read, and never changed. */
export interface Site {
  organization: Organization;
  runs: Runs;
  registries: RegistryContents;
}
