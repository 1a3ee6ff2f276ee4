import type { Server } from "node:http";
import { UserError } from "../../src/common/errors";

/**
 * Makes a server listen on a loopback port.
 *
 * @param name what it is to people
 * @throws UserError if it cannot
 */
export function listen(server: Server, port: number, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) =>
      reject(new UserError(`${name} cannot listen on 127.0.0.1:${port}: ${error.message}`)),
    );
    server.listen(port, "127.0.0.1", () => resolve());
  });
}
