import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "jsonwebtoken";
import { managementAudience, registryAudience, TokenIssuer } from "../../../../local-cloud/cloud/identity";
import { type IsAllowed, parseScope, TokenService } from "../../../../local-cloud/registry/token-service";

const loginServer = "127.0.0.1:9490";
let directory: string;
let tokens: TokenIssuer;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "tokens-"));
  tokens = await TokenIssuer.open(join(directory, "keys.json"), "https://issuer");
});
afterAll(() => rmSync(directory, { recursive: true }));

/** What the access token allows that a principal is given for these scopes. */
async function granted(isAllowed: IsAllowed, scopes: string[]): Promise<unknown> {
  const service = new TokenService({ loginServer, resourceId: "registry", tokens, isAllowed });
  const azureToken = await tokens.issueAzureToken({ objectId: "someone", clientId: "client" }, managementAudience);
  const { refresh_token } = await service.exchange(
    new URLSearchParams({ grant_type: "access_token", service: loginServer, access_token: azureToken }),
  );
  const form = new URLSearchParams({ grant_type: "refresh_token", service: loginServer, refresh_token });
  for (const scope of scopes) form.append("scope", scope);
  const { access_token } = await service.token(form);
  const claims = decode(access_token, { json: true });
  expect(claims?.aud).toBe(loginServer);
  return claims?.access;
}

const pullOnly: IsAllowed = (_principal, _resource, action) => action === "pull";
const everything: IsAllowed = () => true;

test("a token holds those of the requested actions that roles allow, and no others", async () => {
  const scopes = ["repository:mlops/model:pull,push,delete", "registry:catalog:*"];
  const pull = { type: "repository", name: "mlops/model", actions: ["pull"] };
  expect(await granted(pullOnly, scopes)).toEqual([pull]);
  const pullAndList: IsAllowed = (_principal, _resource, action) => action === "pull" || action === "catalog";
  expect(await granted(pullAndList, scopes)).toEqual([pull, { type: "registry", name: "catalog", actions: ["*"] }]);
});

test("scopes may repeat or be separated by spaces", async () => {
  const each = [
    { type: "repository", name: "a", actions: ["pull"] },
    { type: "repository", name: "b", actions: ["push"] },
  ];
  expect(await granted(everything, ["repository:a:pull", "repository:b:push"])).toEqual(each);
  expect(await granted(everything, ["repository:a:pull repository:b:push"])).toEqual(each);
});

test("Azure's metadata actions go with pull and push, and * stands for every action that is allowed", async () => {
  expect(await granted(pullOnly, ["repository:a:metadata_read,metadata_write"])).toEqual([
    { type: "repository", name: "a", actions: ["metadata_read"] },
  ]);
  expect(await granted(pullOnly, ["repository:a:*"])).toEqual([
    { type: "repository", name: "a", actions: ["pull", "metadata_read"] },
  ]);
});

test("the repository is asked about by its name", async () => {
  const onlyModel: IsAllowed = (_principal, _resource, _action, repository) =>
    repository === undefined || repository === "mlops/model";
  expect(await granted(onlyModel, ["repository:mlops/model:pull", "repository:mlops/other:pull"])).toEqual([
    { type: "repository", name: "mlops/model", actions: ["pull"] },
  ]);
});

test("nothing is given for actions and types that Azure does not have, or for no scope at all", async () => {
  expect(await granted(everything, ["repository:a:admin", "registry:other:*", "plugin:a:pull"])).toEqual([]);
  expect(await granted(everything, [])).toEqual([]);
});

test("a scope's name may hold colons; one without three parts is refused", () => {
  expect(parseScope("repository:host:5000/a:pull")).toEqual({
    type: "repository",
    name: "host:5000/a",
    actions: ["pull"],
  });
  for (const scope of ["repository", "repository:a", ":a:pull", "repository:a:"])
    expect(() => parseScope(scope)).toThrow(`invalid scope "${scope}"`);
});

describe("a registry", () => {
  const someone = { objectId: "someone", clientId: "client" };
  const exchange = async (audience: string, isEnabled: boolean) => {
    const service = new TokenService({
      ...{ loginServer, resourceId: "registry", tokens, isAllowed: everything },
      takesManagementTokens: () => isEnabled,
    });
    const access_token = await tokens.issueAzureToken(someone, audience);
    const form = new URLSearchParams({ grant_type: "access_token", service: loginServer, access_token });
    return service.exchange(form).then(
      () => "let in",
      (error: Error) => error.message,
    );
  };

  test("takes a token for registries whatever its policy is, and one for Resource Manager where that lets it", async () => {
    expect(await exchange(registryAudience, true)).toBe("let in");
    expect(await exchange(registryAudience, false)).toBe("let in");
    expect(await exchange(managementAudience, true)).toBe("let in");
    expect(await exchange(managementAudience, false)).toContain("authentication required");
  });

  test("takes none for anybody else", async () => {
    expect(await exchange("https://graph.microsoft.com/", true)).toContain("authentication required");
  });
});
