import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type AzureTokens, signIn } from "../../../src/image/azure-sign-in";

let asked: { method?: string; url?: string; form: Record<string, string> }[];
beforeEach(() => {
  asked = [];
});

/** Serves one answer on loopback and returns what was asked. */
async function exchangeWith(
  answer: (response: ServerResponse, request: IncomingMessage) => void,
  purpose: "push" | "delete" = "push",
  tokens: AzureTokens = { registry: "registry-token", resourceManager: "azure-token" },
) {
  const server = createServer({ keepAliveTimeout: 0 }, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
    asked.push({ method: request.method, url: request.url, form });
    answer(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const login = await signIn(address, "tenant", tokens, purpose).catch((error: Error) => error);
  await new Promise((resolve) => server.close(resolve));
  return { address, asked, login };
}

test("the Azure token is exchanged for the registry's own", async () => {
  const { address, login } = await exchangeWith((response) => response.end('{"refresh_token":"t"}'));
  expect(asked).toEqual([
    {
      method: "POST",
      url: "/oauth2/exchange",
      form: { grant_type: "access_token", service: address, tenant: "tenant", access_token: "registry-token" },
    },
  ]);
  expect(login).toEqual({ address, username: "00000000-0000-0000-0000-000000000000", password: "t" });
});

test.each([
  ["push", "AcrPush, or Container Registry Repository Writer."],
  ["delete", "AcrDelete, or Container Registry Repository Contributor."],
] as const)(
  "a refusal of who wants to %s is passed on with the registry's reason, without the token",
  async (purpose, role) => {
    const { address, login } = await exchangeWith((response) => {
      response.statusCode = 401;
      response.end('{"errors":[{"code":"UNAUTHORIZED"}]}');
    }, purpose);
    expect(login).toEqual(
      new Error(
        `the container registry ${address} refused to sign in: 401 {"errors":[{"code":"UNAUTHORIZED"}]}. The identity that ` +
          `runs Pulumi needs a role on it that may ${purpose}: ${role}`,
      ),
    );
    expect(String(login)).not.toContain("azure-token");
  },
);

test("the token for Azure Resource Manager is tried where the one for registries is refused", async () => {
  const { login } = await exchangeWith((response) => {
    if (asked.length === 1) response.statusCode = 401;
    response.end('{"refresh_token":"t"}');
  });
  expect(asked.map(({ form }) => form.access_token)).toEqual(["registry-token", "azure-token"]);
  expect(login).toMatchObject({ password: "t" });
});

test("a refusal of it names the policy where there is no token for registries", async () => {
  const refuse = (response: ServerResponse) => {
    response.statusCode = 401;
    response.end("no");
  };
  const { login } = await exchangeWith(refuse, "push", { resourceManager: "azure-token" });
  expect(asked).toHaveLength(1);
  expect(String(login)).toContain(
    "Or its policy azureADAuthenticationAsArmPolicy is disabled, and the identity could get no token for https://containerregistry.azure.net",
  );
});

test("another refusal is passed on as it is, because a role would not help", async () => {
  const { address, login } = await exchangeWith((response) => {
    response.statusCode = 403;
    response.end("client with IP '192.0.2.1' is not allowed access");
  });
  expect(login).toEqual(
    new Error(
      `the container registry ${address} refused to sign in: 403 client with IP '192.0.2.1' is not allowed access.`,
    ),
  );
});

test.each([["{}"], ["[]"], ["null"], ["<html>"], ['{"refresh_token":1}']])(
  "an answer without a token is an error: %s",
  async (body) => {
    const { address, login } = await exchangeWith((response) => response.end(body));
    expect(login).toEqual(new Error(`the container registry ${address} answered the sign-in without a refresh_token`));
  },
);

test("a registry that does not answer is named, with the reason", async () => {
  await expect(signIn("127.0.0.1:1", "tenant", { resourceManager: "azure-token" }, "push")).rejects.toThrow(
    /^cannot sign in to the container registry 127\.0\.0\.1:1: cannot reach http.*: .*(ECONNREFUSED|bad port)/,
  );
});

test("an answer that ends in the middle is the registry's, too", async () => {
  const { address, login } = await exchangeWith((response) => {
    response.writeHead(200, { "content-length": 100 });
    response.write('{"refresh', () => response.destroy());
  });
  expect(String(login)).toMatch(
    `Error: cannot sign in to the container registry ${address}: the connection broke in the middle of http://${address}/`,
  );
});

describe("a name that does not resolve", () => {
  const unknown = () =>
    Promise.reject(
      new TypeError("fetch failed", {
        cause: Object.assign(new Error("getaddrinfo ENOTFOUND new.azurecr.io"), { code: "ENOTFOUND" }),
      }),
    );
  afterEach(() => jest.restoreAllMocks());

  const signInAfter = async (failures: number) => {
    const asked = jest.spyOn(globalThis, "fetch");
    for (let index = 0; index < failures; index++) asked.mockImplementationOnce(unknown);
    asked.mockImplementation(async () => new Response('{"refresh_token":"t"}'));
    const said: string[] = [];
    const patience = { tries: 3, pause: async () => undefined, say: (line: string) => said.push(line) };
    const login = await signIn("new.azurecr.io", "tenant", { resourceManager: "token" }, "push", patience).catch(
      (error: Error) => error.message,
    );
    return { login, said, tries: asked.mock.calls.length };
  };

  test("is waited for, which is said once: a registry that was just created has it soon", async () => {
    expect(await signInAfter(2)).toEqual({
      login: expect.objectContaining({ password: "t" }),
      said: ["the name new.azurecr.io is not known yet: waiting for it, for some minutes at most"],
      tries: 3,
    });
  });

  test("is given up in the end", async () => {
    const { login, tries } = await signInAfter(5);
    expect(login).toContain("ENOTFOUND");
    expect(tries).toBe(3);
  });
});
