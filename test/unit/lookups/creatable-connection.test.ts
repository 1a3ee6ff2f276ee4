import { requireCreatable } from "../../../src/lookups/creatable-connection";

const principal = { name: "acrconnection", scheme: "servicePrincipal" } as const;
const up = { serviceConnection: { id: "1", name: "acrconnection" } };

test("a run's token makes no connection whose application Azure DevOps would have to register", () => {
  expect(() => requireCreatable(principal, {}, true)).toThrow(
    'the service connection "acrconnection" (argument serviceConnection) does not exist yet, and a pipeline cannot make it',
  );
  expect(() => requireCreatable({ ...principal, name: "renamed" }, up, true)).toThrow("does not exist yet");
  const destroyed = { serviceConnection: { name: "acrconnection" } };
  expect(() => requireCreatable(principal, destroyed, true)).toThrow("does not exist yet");
});

test.each([
  ["a person's token", principal, {}, false],
  ["one that is there", principal, up, true],
  ["a federated one", { name: "acrconnection", scheme: "workloadIdentityFederation" } as const, {}, true],
])("%s is no reason to refuse", (_, connection, own, isApplicationToken) => {
  expect(() => requireCreatable(connection, own, isApplicationToken)).not.toThrow();
});
