import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { env } from "node:process";
import { killCgroup, removeCgroup } from "../processes/cgroup";
import { unmountBelow } from "../processes/mounts";
import { type ManagedProcess, startProcess } from "../processes/process";

/** The name under which the local cloud's builder is known to buildx, and so to `@pulumi/docker-build`. */
export const builderName = "local-cloud";

export interface BuildkitOptions {
  /** The local cloud's directory. BuildKit keeps everything in `buildkit/` of it: two local clouds never meet. */
  directory: string;
  /** The `buildkitd` and `runc` programs. */
  executable: string;
  runc: string;
  port: number;
}

/**
 * Starts BuildKit on a loopback port, and registers it with buildx (in `buildx/`, the local cloud's `BUILDX_CONFIG`).
 * It needs root and nothing else of Docker. Steps run on the machine's own network, since the registries and the
 * channel are on its loopback. Throws as `startProcess` does.
 */
export async function startBuildkit(options: BuildkitOptions): Promise<ManagedProcess> {
  const { directory, executable, port } = options;
  const root = join(directory, "buildkit");
  const temporary = join(root, "tmp"); // Mounts are made there too: not in the machine's, where nobody would look.
  mkdirSync(temporary, { recursive: true });
  const file = join(directory, "buildkitd.toml");
  writeFileSync(file, configuration(root, options));
  registerBuilder(join(directory, "buildx"), port);
  const process = await startProcess({
    name: "buildkitd",
    command: executable,
    args: ["--config", file],
    env: { PATH: env.PATH, TMPDIR: temporary },
    logFile: join(directory, "logs", "buildkitd.log"),
    port,
  });
  const stop = async () => {
    const gone = process.stop();
    // BuildKit waits for the builds that run, as long as they like. Without their steps they fail at once.
    killCgroup(cgroupOf(port));
    await gone;
    await cleanUpBuildkit(directory, port);
  };
  return { record: process.record, stop };
}

/**
 * Removes what BuildKit leaves in the kernel: its steps' cgroup, steps that were left in it, and file systems that were
 * mounted for them. `stop` does so by itself; after a BuildKit that was killed somebody else has to.
 */
export async function cleanUpBuildkit(directory: string, port: number): Promise<void> {
  await removeCgroup(cgroupOf(port));
  unmountBelow(join(directory, "buildkit"));
}

function cgroupOf(port: number): string {
  return `job-container-${port}`;
}

/**
 * BuildKit speaks plain HTTP to registries on loopback by itself. The snapshotter is its own choice: overlayfs, or
 * native where that cannot be mounted (on top of another overlay). `otel.socketPath` would else be one for the machine.
 */
function configuration(root: string, { runc, port }: BuildkitOptions): string {
  const text = JSON.stringify; // A JSON string is a TOML basic string.
  return `root = ${text(root)}

[grpc]
address = [${text(`tcp://127.0.0.1:${port}`)}]

[otel]
socketPath = ${text(join(root, "otel.sock"))}

[worker.oci]
binary = ${text(runc)}
networkMode = "host"
defaultCgroupParent = ${text(`/${cgroupOf(port)}`)}
gc = true
maxUsedSpace = "10GB"
reservedSpace = "2GB"

[worker.containerd]
enabled = false
`;
}

/** Writes what `docker buildx create --driver remote` would. */
function registerBuilder(buildxConfig: string, port: number): void {
  const instances = join(buildxConfig, "instances");
  mkdirSync(instances, { recursive: true });
  const node = { Name: `${builderName}0`, Endpoint: `tcp://127.0.0.1:${port}` };
  writeFileSync(
    join(instances, builderName),
    JSON.stringify({ Name: builderName, Driver: "remote", Nodes: [node], Dynamic: false }),
  );
}
