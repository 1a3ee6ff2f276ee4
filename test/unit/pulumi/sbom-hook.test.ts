import * as pulumi from "@pulumi/pulumi";
import { describeImage } from "../../../src/pulumi/sbom-hook";

const login = { username: "user", password: "registry-token" };
const image = {
  name: pulumi.output("myregistry.azurecr.io/mlops/diabetes"),
  lockFiles: ["docker/ci.linux-64.lock"],
  login: pulumi.secret(login),
};
const digest = `sha256:${"a".repeat(64)}`;

let said: Record<"info" | "warn", jest.SpyInstance>;
beforeEach(() => {
  said = {
    info: jest.spyOn(pulumi.log, "info").mockResolvedValue(),
    warn: jest.spyOn(pulumi.log, "warn").mockResolvedValue(),
  };
});
afterEach(() => jest.restoreAllMocks());

test("the SBOMs go beside the image that was pushed, with the login that pushed it", async () => {
  const push = jest.fn(async () => ["linux-64"]);
  await describeImage(digest, image, push);
  const access = { registry: "myregistry.azurecr.io", repository: "mlops/diabetes", login };
  expect(push.mock.calls).toEqual([[{ access, digest, lockFiles: image.lockFiles }]]);
  expect(said.info).toHaveBeenCalledWith("pushed an SBOM for linux-64 beside the image");
  expect(said.warn).not.toHaveBeenCalled();
});

test("without a lock file there is none, and that is said", async () => {
  await describeImage(digest, image, async () => []);
  expect(said.info).toHaveBeenCalledWith(expect.stringContaining("no SBOM of the image: it is made of a lock file"));
});

test("what goes wrong is a warning: the image is there", async () => {
  await describeImage(digest, image, () => Promise.reject(new Error("the registry refuses")));
  expect(said.warn).toHaveBeenCalledWith("no SBOM of the image was pushed: the registry refuses");
});
