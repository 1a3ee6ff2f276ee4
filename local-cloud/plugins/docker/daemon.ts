import { get } from "node:http";
import { messageOf } from "../../../src/common/errors";

/**
 * Asks the Docker daemon for a sign of life, as the docker provider does when it is configured.
 *
 * @param host `unix://` address of the daemon.
 * @throws Error in the provider's words if there is none, with the way out.
 */
export async function pingDaemon(host: string): Promise<void> {
  try {
    await ping(host);
  } catch (error) {
    throw new Error(
      `Error pinging Docker server, please make sure that ${host} is reachable and has a '_ping' endpoint. ` +
        `Error: ${messageOf(error)}. ` +
        "Reading a registry needs no daemon: set disableDockerDaemonCheck on the provider.",
    );
  }
}

function ping(host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    if (!host.startsWith("unix://"))
      return reject(new Error("the local cloud's docker plugin pings unix:// hosts only"));
    get({ socketPath: host.slice("unix://".length), path: "/_ping", timeout: 5000 }, (response) => {
      response.resume();
      if (response.statusCode === 200) resolve();
      else reject(new Error(`status ${response.statusCode}`));
    }).on("error", reject);
  });
}
