/**
 * `docker` on the agent's own machine: makes a builder, which is the local cloud's BuildKit, and nothing else. Its first
 * argument is BuildKit's address, which the launcher gives it.
 */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { messageOf } from "../../../src/common/errors";

const options = {
  name: { type: "string" },
  use: { type: "boolean" },
  bootstrap: { type: "boolean" },
  driver: { type: "string" },
  "driver-opt": { type: "string", multiple: true },
} as const;

async function main([address = "", ...args]: string[]): Promise<void> {
  const [group, command, ...rest] = args;
  if (group !== "buildx" || command !== "create") {
    const asked = args.filter((arg) => !arg.startsWith("-")).join(" ");
    throw new Error(
      `The local cloud's docker does not know the command 'docker ${asked}': it knows 'docker buildx create'. The task ` +
        "Docker@2 builds and pushes images.",
    );
  }
  const { values } = parseArgs({ args: rest, options, strict: true, allowPositionals: false });
  const { driver = "docker-container", name = `local_${randomBytes(4).toString("hex")}` } = values;
  if (driver !== "docker-container") {
    throw new Error(`The local cloud's docker makes builders of the driver docker-container only, not of ${driver}.`);
  }
  const image = imageOf(values["driver-opt"] ?? []);
  const folder =
    process.env.BUILDX_CONFIG || join(process.env.DOCKER_CONFIG || `${process.env.HOME}/.docker`, "buildx");
  const instances = join(folder, "instances");
  if (existsSync(join(instances, name)))
    throw new Error(
      `existing instance for "${name}" but no append mode, specify the node name to make changes for existing instances`,
    );
  mkdirSync(instances, { recursive: true });
  // Of the driver by which buildx reaches a BuildKit that runs already.
  const node = { Name: `${name}0`, Endpoint: address };
  writeFileSync(join(instances, name), JSON.stringify({ Name: name, Driver: "remote", Nodes: [node], Dynamic: false }));
  if (values.use === true) {
    const current = { Key: "unix:///var/run/docker.sock", Name: name, Global: false };
    writeFileSync(join(folder, "current"), JSON.stringify(current));
  }
  if (values.bootstrap === true) await bootstrap(name, address, image);
  process.stdout.write(`${name}\n`);
}

/** Which BuildKit the builder would run: said, and not used. */
function imageOf(driverOptions: string[]): string {
  const given = driverOptions.flatMap((option) => option.split(",")).map((option) => option.split("="));
  const unknown = given.find(([key]) => key !== "image");
  if (unknown !== undefined) throw new Error(`The local cloud's docker does not know the driver option ${unknown[0]}.`);
  return given.at(-1)?.slice(1).join("=") || "moby/buildkit:buildx-stable-1";
}

async function bootstrap(name: string, address: string, image: string): Promise<void> {
  const { hostname, port } = new URL(address);
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) }, () => resolve(void socket.end()));
    socket.on("error", () => reject(new Error(`BuildKit does not answer at ${address}: is the local cloud running?`)));
  });
  const lines = [
    "[internal] booting buildkit",
    `pulling image ${image}`,
    `creating container buildx_buildkit_${name}0`,
  ];
  process.stderr.write(`${lines.map((line) => `#1 ${line}`).join("\n")}\n#1 DONE\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`ERROR: ${messageOf(error)}\n`);
  process.exitCode = 1;
});
