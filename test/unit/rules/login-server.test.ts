import { requireUsualServer } from "../../../src/rules/login-server";

test.each([
  ["the one that follows from its name", "MlopsAcr", "mlopsacr.azurecr.io"],
  ["one that is none of Azure's: a registry on this machine", "mlopsacr", "127.0.0.1:9490"],
])("a login server is good that is %s", (_, name, loginServer) => {
  expect(() => requireUsualServer(name, loginServer)).not.toThrow();
});

test.each([
  ["a domain name label", "mlopsacr-dta9b4hcb5hgf4c0.azurecr.io"],
  ["China's cloud", "mlopsacr.azurecr.cn"],
  ["the United States government's", "mlopsacr.azurecr.us"],
])("one with %s is refused, with the reason", (_, loginServer) => {
  expect(() => requireUsualServer("mlopsacr", loginServer, "setting registry")).toThrow(
    new RegExp(
      `"mlopsacr" \\(setting registry\\) has the login server ${loginServer}, .* always leads to mlopsacr\\.azurecr\\.io: jobs would`,
    ),
  );
});
