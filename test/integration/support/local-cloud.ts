import { layoutOf } from "../../../local-cloud/cloud/layout";
import { cloudStatus, type Running } from "../../../local-cloud/cloud/status";

/** Base ports for the integration tests' local cloud, one for each run at a time, away from those of other tests. */
export const testPorts = [9680, 23000, 23100, 23200, 23300];

/** The variable by which the tests learn where their local cloud is, which `start-local-cloud.ts` sets. */
export const directoryVariable = "JOB_CONTAINER_TEST_CLOUD";

/** The local cloud that all integration tests share. */
export function localCloud(): Running {
  const status = cloudStatus(layoutOf(localCloudDirectory()));
  if (!status.running) throw new Error(`the tests' local cloud in ${status.directory} does not run`);
  return status;
}

export function localCloudDirectory(): string {
  const directory = process.env[directoryVariable];
  if (!directory) throw new Error(`${directoryVariable} is not set: these tests run by jest's project "integration"`);
  return directory;
}
