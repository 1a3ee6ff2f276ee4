import { join } from "node:path";
import { Store } from "../state/store";
import { noRuns, type RunsState, runsForm } from "./builds/state";
import type { Repositories } from "./git/contents";
import { repositoriesIn } from "./git/contents-on-disk";
import { type Seed, seedOrganization } from "./seed";
import { type AzureDevOpsState, azureDevOpsForm } from "./state";

/** Where the local Azure DevOps keeps what it knows. */
export interface AzureDevOpsPlaces {
  /** The file of the organization. */
  organization: string;
  /** The folder of what is in its Git repositories. */
  repositories: string;
  /** The folder of its runs and their logs. */
  runs: string;
}

/** What the local Azure DevOps knows, as it is kept. */
export interface AzureDevOpsStores {
  organization: Store<AzureDevOpsState>;
  repositories: Repositories;
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
export function openStores(places: AzureDevOpsPlaces, seed: () => Seed): AzureDevOpsStores {
  const repositories = repositoriesIn(places.repositories);
  const organization = new Store(places.organization, azureDevOpsForm, () => seedOrganization(repositories, seed()));
  organization.save(); // what the seed made up (ids, commits) stays the same from here on
  return {
    organization,
    repositories,
    runs: new Store(join(places.runs, "runs.json"), runsForm, noRuns),
    logs: places.runs,
  };
}
