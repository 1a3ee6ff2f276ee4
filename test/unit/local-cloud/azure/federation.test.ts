import { sign } from "jsonwebtoken";
import { operator, tenantId } from "../../../../local-cloud/cloud/identity";
import { LocalAzure, operatorSecret } from "../../support/local-azure";

let azure: LocalAzure;
let identity: { id: string; clientId: string; objectId: string };

const trusted = { issuer: "https://login.microsoftonline.com/tenant/v2.0", subject: "/eid1/c/pub/sc/1" };
const audience = "api://AzureADTokenExchange";

beforeEach(async () => {
  azure = await LocalAzure.start();
  identity = await azure.createIdentity(await azure.createGroup());
});
afterEach(() => azure.stop());

const trust = (who: { issuer: string; subject: string }, audiences = [audience]) =>
  azure.request("PUT", `${identity.id}/federatedIdentityCredentials/devops`, "2023-01-31", {
    properties: { ...who, audiences },
  });

async function signIn(form: Record<string, string> = {}) {
  return azure.fetch(`/${tenantId}/oauth2/v2.0/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: identity.clientId,
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: await azure.tokens.issueFederatedToken(trusted),
      scope: "https://management.azure.com/.default",
      ...form,
    }),
  });
}

describe("a managed identity", () => {
  it("is whom a token of another issuer is taken for, if a federated credential says so", async () => {
    await trust(trusted);
    const { status, body } = await signIn();
    expect(status).toBe(200);
    const claims = await azure.tokens.verifyAzureToken(body.access_token, "https://management.azure.com/");
    expect(claims).toMatchObject({ oid: identity.objectId, appid: identity.clientId });
  });

  it.each([
    ["another issuer", { ...trusted, issuer: `${trusted.issuer}/` }, [audience], 700211],
    ["another subject", { ...trusted, subject: trusted.subject.toUpperCase() }, [audience], 700213],
    ["another audience", trusted, ["api://azureadtokenexchange"], 700212],
  ])("is not, if its federated credential has %s", async (_, who, audiences, code) => {
    await trust(who, audiences);
    const { status, body } = await signIn();
    expect({ status, error: body.error, codes: body.error_codes }).toEqual({
      ...{ status: 401, error: "invalid_client", codes: [code] },
    });
    expect(body.error_description).toContain(`AADSTS${code}: No matching federated identity record found`);
  });

  it("is not while its federated credential is younger than what the local cloud is told it takes, and is then", async () => {
    await trust(trusted);
    azure.lateness = 60_000;
    const { status, body } = await signIn();
    expect({ status, codes: body.error_codes }).toEqual({ status: 401, codes: [70021] });
    const now = jest.spyOn(Date, "now").mockReturnValue(Date.now() + 60_000);
    expect((await signIn()).status).toBe(200);
    now.mockRestore();
  });

  it("is not without any federated credential, nor by another identity's", async () => {
    expect((await signIn()).body.error_codes).toEqual([70025]);
    await trust(trusted);
    const other = await azure.createIdentity(await azure.createGroup("other"), "job-identity-2");
    expect((await signIn({ client_id: other.clientId })).body.error_codes).toEqual([70025]);
  });

  it.each([
    [
      "a token that somebody else signed",
      sign({ sub: trusted.subject }, "key", { issuer: trusted.issuer, audience }),
      50013,
    ],
    ["what is no token", "nonsense", 50013],
  ])("is not taken for %s", async (_, client_assertion, code) => {
    await trust(trusted);
    expect((await signIn({ client_assertion })).body.error_codes).toEqual([code]);
  });

  it("is not taken for a token that has expired", async () => {
    await trust(trusted);
    const now = jest.spyOn(Date, "now").mockReturnValue(Date.now() - 3_600_000);
    const client_assertion = await azure.tokens.issueFederatedToken(trusted);
    now.mockRestore();
    expect((await signIn({ client_assertion })).body.error_codes).toEqual([700024]);
  });

  it.each([
    ["an unknown client", { client_id: "00000000-0000-0000-0000-000000000000" }, 700016],
    ["the operator, which has a secret", { client_id: operator.clientId }, 70025],
    ["another kind of assertion", { client_assertion_type: "saml" }, 900144],
    ["a scope that names no resource", { scope: "user.read" }, 1002012],
  ])("is asked for as Entra ID has it: %s", async (_, form, code) => {
    await trust(trusted);
    expect((await signIn(form)).body.error_codes).toEqual([code]);
  });

  it("has no secret", async () => {
    const body = new URLSearchParams({ grant_type: "client_credentials", client_id: identity.clientId });
    const ask = () => azure.fetch(`/${tenantId}/oauth2/v2.0/token`, { method: "POST", body });
    expect((await ask()).body.error_codes).toEqual([7000218]);
    body.set("client_secret", operatorSecret);
    expect((await ask()).body.error_codes).toEqual([7000215]);
  });
});
