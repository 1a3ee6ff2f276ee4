import { authorize, notSignedIn } from "../../../src/image/registry-login";

const login = { username: "user", password: "secret" };

test.each(["http://token.example.com/", "ftp://token.example.com/", "/token"])(
  "a registry behind HTTPS that sends for its token to %s gets no login",
  async (realm) => {
    const access = { registry: "mlops.azurecr.io", repository: "model", login };
    await expect(authorize(`Bearer realm="${realm}",service="x"`, access)).rejects.toThrow(
      `the registry mlops.azurecr.io sends for a token to ${realm}, where a login would not be safe.`,
    );
  },
);

test.each([
  ["mlops.azurecr.io", "`az acr login --name mlops`"],
  ["registry-1.docker.io", "`docker login`"],
  ["ghcr.io", "`docker login ghcr.io`"],
])("how to sign in to %s is said", (registry, command) => {
  for (const each of [{}, { login }]) {
    expect(notSignedIn({ registry, repository: "model", ...each }, "401").message).toContain(command);
  }
});
