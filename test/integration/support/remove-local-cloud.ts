import { layoutOf } from "../../../sandbox/layout";
import { reset } from "../../../sandbox/stop";
import { localCloudDirectory } from "./local-cloud";

/** Stops the integration tests' local cloud and removes all that it kept. */
export default async function removeLocalCloud(): Promise<void> {
  await reset(layoutOf(localCloudDirectory()));
}
