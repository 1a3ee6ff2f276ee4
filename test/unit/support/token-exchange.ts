import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * A registry that exchanges any Azure token for `registry-token`, for all tests of a file; returns its address. As all
 * servers of tests it keeps connections: on a busy machine it would close one in the moment that it is used again.
 */
export function tokenExchange(): () => string {
  const server = createServer({ keepAliveTimeout: 0 }, (_, response) =>
    response.end('{"refresh_token":"registry-token"}'),
  );
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  return () => `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
