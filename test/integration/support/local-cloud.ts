import { layoutOf } from "../../../local-cloud/cloud/layout";
import { cloudStatus, type Running } from "../../../local-cloud/cloud/status";

/** The variable by which the tests learn where their local cloud is. */
export const directoryVariable = "JOB_CONTAINER_TEST_CLOUD";

/** The local cloud that all integration tests share, or the file's own (`useOwnCloud`). */
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
