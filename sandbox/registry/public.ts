import { join } from "node:path";
import type { ManagedProcess } from "../process";
import { startRegistryProcess } from "./distribution";

/**
 * Starts the registry that stands for the internet's: anybody pulls from it without signing in. It holds the base
 * image. Its content is kept in `public-registry/` of the local cloud's directory.
 */
export function startPublicRegistry(options: {
  directory: string;
  executable: string;
  port: number;
}): Promise<ManagedProcess> {
  const { directory, executable, port } = options;
  return startRegistryProcess({
    name: "public registry",
    executable,
    storage: join(directory, "public-registry"),
    logFile: join(directory, "logs", "public-registry.log"),
    listener: { port },
  });
}
