import { createServer, type Server } from "node:http";
import { parseReference } from "../../../../src/image/reference";
import { Plugin } from "../../support/plugin";

const getRegistryImage = "docker:index/getRegistryImage:getRegistryImage";
const digest = `sha256:${"a".repeat(64)}`;

let plugin: Plugin;
let registry: Server;
let address: string;

beforeAll(async () => {
  plugin = await Plugin.start("docker", "5.2.0", { DOCKER_HOST: "unix:///nowhere/docker.sock" });
  registry = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    const { url = "", headers } = request;
    if (url === "/v2/base/image/manifests/1") {
      response.writeHead(200, { "docker-content-digest": digest }).end("{}");
    } else if (url === "/v2/guarded/manifests/latest" && headers.authorization === "Bearer anybody") {
      response.writeHead(200, { "docker-content-digest": digest }).end("{}");
    } else if (url === "/v2/guarded/manifests/latest") {
      const challenge = `Bearer realm="http://${address}/token",service="registry",scope="repository:guarded:pull"`;
      response.writeHead(401, { "www-authenticate": challenge }).end();
    } else if (url === "/token?service=registry&scope=repository%3Aguarded%3Apull") {
      response.end('{"token":"anybody"}');
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => registry.listen(0, "127.0.0.1", resolve));
  const listening = registry.address();
  if (listening === null || typeof listening === "string") throw new Error("no port");
  address = `127.0.0.1:${listening.port}`;
}, 60_000);

afterAll(async () => {
  await plugin.stop();
  registry.close();
});

it.each([
  ["debian", "registry-1.docker.io", "library/debian", "latest"],
  ["docker.io/mambaorg/micromamba:2", "registry-1.docker.io", "mambaorg/micromamba", "2"],
  ["127.0.0.1:9482/base/image:1", "127.0.0.1:9482", "base/image", "1"],
  ["localhost/base", "localhost", "base", "latest"],
  [`mcr.microsoft.com/base:1@${digest}`, "mcr.microsoft.com", "base", digest],
])("reads the name %s as Docker does", (name, host, repository, version) => {
  expect(parseReference(name)).toEqual({ registry: host, repository, version });
});

it("answers with the digest that the registry tells", async () => {
  await plugin.configure({ disableDockerDaemonCheck: "true" });
  const name = `${address}/base/image:1`;
  expect(await plugin.invoke(getRegistryImage, { name })).toEqual({ id: digest, name, sha256Digest: digest });
});

it("gets itself the token that anybody gets", async () => {
  expect((await plugin.invoke(getRegistryImage, { name: `${address}/guarded` })).sha256Digest).toBe(digest);
});

it("says that an image does not exist, in the docker provider's words", async () => {
  await expect(plugin.invoke(getRegistryImage, { name: `${address}/base/image:2` })).rejects.toThrow(
    "Got error when attempting to fetch image version base/image:2 from registry: Got bad response from registry: 404 Not Found",
  );
});

it("says that a registry does not answer", async () => {
  await expect(plugin.invoke(getRegistryImage, { name: "127.0.0.1:1/base" })).rejects.toThrow(
    "Error during registry request",
  );
});

it("asks for a Docker daemon unless it is told not to", async () => {
  await expect(plugin.configure()).rejects.toThrow(
    "Error pinging Docker server, please make sure that unix:///nowhere/docker.sock is reachable",
  );
});

it("has nothing else", async () => {
  await expect(plugin.invoke("docker:index/getNetwork:getNetwork")).rejects.toThrow(
    "has no function docker:index/getNetwork:getNetwork",
  );
  await expect(plugin.create("docker:index/container:Container", {})).rejects.toThrow(
    "has no resource type docker:index/container:Container",
  );
});
