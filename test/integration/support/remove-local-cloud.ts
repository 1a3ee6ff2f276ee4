import { layoutOf } from "../../../local-cloud/cloud/layout";
import { reset } from "../../../local-cloud/cloud/stop";
import { localCloudDirectory } from "./local-cloud";

/** Stops the integration tests' local cloud and removes all that it kept. */
export default async function removeLocalCloud(): Promise<void> {
  await reset(layoutOf(localCloudDirectory()));
}
