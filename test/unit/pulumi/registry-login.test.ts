import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../../../src/common/errors";
import { registryLogin } from "../../../src/pulumi/registry-login";

/** Signs in to a registry that answers so. */
async function loginTo(status: number, isPreview: boolean) {
  const server = createServer({ keepAliveTimeout: 0 }, (_, response) => {
    response.statusCode = status;
    response.end('{"refresh_token":"registry-token"}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
  try {
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const login = await registryLogin(address, "tenant", { resourceManager: "azure-token" }, isPreview);
    return { address, login, warned: warn.mock.calls.map(([text]) => text) };
  } finally {
    warn.mockRestore();
    await new Promise((resolve) => server.close(resolve));
  }
}

const username = "00000000-0000-0000-0000-000000000000";

test("an identity with a role signs in, in a preview too", async () => {
  for (const isPreview of [true, false]) {
    const { address, login, warned } = await loginTo(200, isPreview);
    expect(login).toEqual({ address, username, password: "registry-token" });
    expect(warned).toEqual([]);
  }
});

test("an identity without one previews without signing in, and is told that it cannot push", async () => {
  const { address, login, warned } = await loginTo(401, true);
  expect(login).toEqual({ address, username, password: "" });
  expect(warned).toEqual([expect.stringMatching(/needs a role on it that may push.*The preview goes on without/)]);
});

test.each([
  ["an identity without one is refused by pulumi up", 401, false],
  ["a registry that fails ends the preview", 500, true],
])("%s", async (_, status, isPreview) => {
  const refused = loginTo(status, isPreview);
  await expect(refused).rejects.toThrow(UserError);
  await expect(refused).rejects.toThrow(`refused to sign in: ${status}`);
});
