import { existsSync } from "node:fs";
import { join } from "node:path";
import { Store } from "../state/store";
import { noRuns, type RunsState, runsForm } from "./builds/state";
import { RepositoriesOnDisk } from "./git/repositories-on-disk";
import { type Seed, seedOrganization } from "./seed";
import { type AzureDevOpsState, azureDevOpsForm } from "./state";

/** Where the local Azure DevOps keeps what it knows. */
export interface AzureDevOpsPlaces {
  /** The file of the organization. */
  organization: string;
  /** The folder of its Git repositories. */
  repositories: string;
  /** The folder of its runs and their logs. */
  runs: string;
}

/** What the local Azure DevOps knows, as it is kept. */
export interface AzureDevOpsStores {
  organization: Store<AzureDevOpsState>;
  repositories: RepositoriesOnDisk;
  runs: Store<RunsState>;
  /** The folder of the runs' logs. */
  logs: string;
}

/**
 * Opens what was kept, or a new organization.
 *
 * @param seed the repository of a new one
 * @throws UserError if something else was kept there
 */
export async function openStores(places: AzureDevOpsPlaces, seed: () => Seed): Promise<AzureDevOpsStores> {
  const repositories = new RepositoriesOnDisk(places.repositories);
  const seeded = existsSync(places.organization) ? undefined : await seedOrganization(repositories, seed());
  const organization = new Store(places.organization, azureDevOpsForm, () => {
    if (seeded === undefined) throw new Error(`${places.organization} is gone.`);
    return seeded;
  });
  organization.save(); // what the seed made up (ids, commits) stays the same from here on
  return {
    organization,
    repositories,
    runs: new Store(join(places.runs, "runs.json"), runsForm, noRuns),
    logs: places.runs,
  };
}
