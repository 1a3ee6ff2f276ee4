import { refusedAccess } from "../../../../src/cli/run/refused-access";

test.each([
  "##[error]AADSTS70021: No matching federated identity record found for presented assertion.",
  "AADSTS700213: No matching federated identity record found for presented assertion subject 'sc'.",
  "Error response from daemon: Head https://r.azurecr.io/v2/a/manifests/latest: unauthorized: authentication required, visit https://aka.ms/acr/authorization",
  "denied: requested access to the resource is denied",
])("a refusal that passes with time is said to: %s", (line) => {
  expect(refusedAccess(["Step Build", line])).toMatch(/ run it again after ten minutes\.$/);
});

test.each([
  "AADSTS700211: No matching federated identity record found for presented assertion issuer",
  "Permission denied",
  "",
])("and no other: %j", (line) => {
  expect(refusedAccess([line])).toBeUndefined();
});
