import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { managementAudience, operator, TokenIssuer, tenantId } from "../../../../local-cloud/cloud/identity";
import { UserError } from "../../../../src/common/errors";

let directory: string;
let keysFile: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "identity-"));
  keysFile = join(directory, "state", "keys.json");
});
afterEach(() => rmSync(directory, { recursive: true }));

test("an Entra ID token says who its bearer is, to the service that it is for alone", async () => {
  const tokens = await TokenIssuer.open(keysFile, "https://issuer");
  const token = await tokens.issueAzureToken(operator, managementAudience);
  expect(await tokens.verifyAzureToken(token, managementAudience)).toEqual({
    oid: operator.objectId,
    appid: operator.clientId,
    aud: managementAudience,
    tid: tenantId,
  });
  await expect(tokens.verifyAzureToken(token, "https://vault.azure.net")).rejects.toThrow("audience");
});

test("the key outlives a restart and is for its owner's eyes only", async () => {
  const before = await TokenIssuer.open(keysFile, "https://issuer");
  const token = await before.issueAzureToken(operator, managementAudience);
  const after = await TokenIssuer.open(keysFile, "https://issuer");
  expect(after.jwks).toEqual(before.jwks);
  expect((await after.verifyAzureToken(token, managementAudience)).oid).toBe(operator.objectId);
  expect(statSync(keysFile).mode & 0o777).toBe(0o600);
  expect(JSON.stringify(after.jwks)).not.toMatch(/"(d|p|q)"/);
});

test("a token of another issuer or key is refused", async () => {
  const tokens = await TokenIssuer.open(keysFile, "https://issuer");
  const otherIssuer = await TokenIssuer.open(keysFile, "https://other");
  const otherKey = await TokenIssuer.open(join(directory, "other.json"), "https://issuer");
  for (const other of [otherIssuer, otherKey]) {
    const token = await other.issueAzureToken(operator, managementAudience);
    await expect(tokens.verifyAzureToken(token, managementAudience)).rejects.toThrow();
  }
});

test("the kinds of token do not pass for one another, nor a registry's at another registry", async () => {
  const tokens = await TokenIssuer.open(keysFile, "https://issuer");
  const server = "127.0.0.1:9490";
  const refresh = await tokens.issueRefreshToken("someone", server);
  expect(await tokens.verifyRefreshToken(refresh, server)).toBe("someone");
  await expect(tokens.verifyRefreshToken(refresh, "127.0.0.1:9491")).rejects.toThrow("audience");
  await expect(tokens.verifyAzureToken(refresh, server)).rejects.toThrow("issuer");
  const access = await tokens.issueAccessToken("someone", server, []);
  await expect(tokens.verifyRefreshToken(access, server)).rejects.toThrow("not a refresh token");
  const azure = await tokens.issueAzureToken(operator, server);
  await expect(tokens.verifyRefreshToken(azure, server)).rejects.toThrow("issuer");
});

test.each([
  ["no JSON", "-----BEGIN PRIVATE KEY-----", "it is not JSON"],
  ["no key", "{}", "privateKey: Invalid input: expected string, received undefined"],
  ["a key that is none", '{"privateKey": "s3cret"}', "privateKey is not a private key in PEM form"],
])("a file of the key with %s is named, with what to do, and stays", async (_, text, problem) => {
  mkdirSync(join(directory, "state"));
  writeFileSync(keysFile, text);
  const opened = TokenIssuer.open(keysFile, "https://issuer");
  await expect(opened).rejects.toThrow(UserError);
  await expect(opened).rejects.toThrow(`${keysFile} is damaged, or was written by another version of it: ${problem}.`);
  await expect(opened).rejects.not.toThrow("s3cret");
  expect(readFileSync(keysFile, "utf8")).toBe(text);
});
