import { createServer, type Server } from "node:http";
import { join } from "node:path";
import type { ManagedProcess } from "../processes/process";
import { startRegistryProcess } from "./distribution";
import { forward } from "./forward";
import { listen } from "./listen";

/**
 * Starts the registry that stands for the internet's: anybody pulls from it without signing in. It holds the base
 * image. Its content is kept in `public-registry/` of the local cloud's directory.
 *
 * @throws UserError if it does not answer, or its port is taken
 */
export async function startPublicRegistry(options: {
  directory: string;
  executable: string;
  port: number;
  /** Is given the server in front of it before that listens. */
  onFront?: (front: Server) => void;
}): Promise<ManagedProcess> {
  const { directory, executable, port, onFront } = options;
  const socket = join(directory, "public-registry.sock");
  const name = "public registry";
  const process = await startRegistryProcess({
    name,
    executable,
    storage: join(directory, "public-registry"),
    logFile: join(directory, "logs", "public-registry.log"),
    listener: { socket },
  });
  const front = createServer({ requestTimeout: 0 }, (request, response) => forward(request, response, socket));
  onFront?.(front);
  try {
    await listen(front, port, name);
  } catch (error) {
    await process.stop();
    throw error;
  }
  return {
    record: process.record,
    async stop() {
      front.close();
      front.closeAllConnections();
      await process.stop();
    },
  };
}
