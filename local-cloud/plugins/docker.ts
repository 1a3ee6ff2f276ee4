import { pingDaemon } from "./docker/daemon";
import { readDigest } from "./docker/registry-image";
import { NotImplemented } from "./provider";
import { serve } from "./serve";

/**
 * Stands in for the docker provider, which cannot be had without Pulumi's download site: it has the one function that
 * the program uses, `getRegistryImage`, and asks a real registry for the answer.
 */
serve({
  name: "docker",
  version: "5.2.0",
  async configure(config) {
    if (config.disableDockerDaemonCheck === "true") return;
    await pingDaemon(config.host ?? process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock");
  },
  async invoke(token, args) {
    if (token !== "docker:index/getRegistryImage:getRegistryImage") {
      throw new NotImplemented(`the local cloud's docker plugin has no function ${token}`);
    }
    if (typeof args.name !== "string") throw new Error("missing required property 'name'");
    const digest = await readDigest(args.name);
    return { ...args, id: digest, sha256Digest: digest };
  },
});
