import { chownSync, lchownSync, mkdirSync, readdirSync, realpathSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { writeInOneStep } from "../../src/common/files";
import { standalone } from "../package/standalone";
import { agentNode } from "./containers/agent-node";
import { agentUser, trustOfMachine } from "./containers/machine";
import type { Mount } from "./containers/runc";
import type { MachineEquipment } from "./containers/step-host";
import type { Variables } from "./variables";

/** Where the local cloud's own programs are for steps. */
const programsInside = "/opt/local-cloud/bin";

/** What the equipment is made of. All are directories of this machine. */
export interface EquipmentParts {
  /** The programs that {@link writePrograms} has written. */
  programs: string;
  /** A PULUMI_HOME, with the CLI and the plugins. */
  pulumiHome: string;
  /** Pulumi's file backend. */
  stacks: string;
  /** What npm has downloaded for jobs. */
  npmCache: string;
  /** What leads programs to the local cloud: no secret. */
  environment: Record<string, string>;
}

/**
 * Writes the programs of the agent's machine that stand for real ones: `az` and `docker`.
 *
 * @param addresses of the local cloud's Azure and BuildKit
 */
export async function writePrograms(
  directory: string,
  { azure, buildkit }: { azure: string; buildkit: string },
): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const programs = [
    { name: "az", program: "agent/programs/az", address: azure },
    { name: "docker", program: "agent/programs/docker-cli", address: buildkit },
  ] as const;
  for (const { name, program, address } of programs) {
    writeInOneStep(join(directory, `${name}.js`), await standalone(program), 0o644);
    const launcher = `#!/bin/sh\nexec ${agentNode} ${posix.join(programsInside, `${name}.js`)} ${address} "$@"\n`;
    writeInOneStep(join(directory, name), launcher, 0o755);
  }
}

/**
 * What a job finds on the agent's own machine: programs, Pulumi where its npm package looks for it, and, where the job's
 * variables name it, the local cloud's file backend. A pull request's run cannot write there: its identity may only read.
 */
export function equipmentOf(parts: EquipmentParts, variables: Variables): MachineEquipment {
  for (const folder of [parts.stacks, parts.npmCache]) mkdirSync(folder, { recursive: true });
  const state = (variables.get("PULUMI_BACKEND_URL") ?? "").replace(/\?.*$/, "");
  const usesStacks = state.startsWith("file:///") && fileURLToPath(state) === parts.stacks;
  if (usesStacks) giveAway(parts.stacks);
  chownSync(parts.npmCache, agentUser.uid, agentUser.gid);
  const readOnly = variables.get("Build.Reason") === "PullRequest";
  return {
    mounts: [
      { source: parts.programs, destination: programsInside, readOnly: true },
      ...pulumiMounts(parts.pulumiHome),
      { source: parts.npmCache, destination: `${agentUser.home}/.npm`, readOnly: false },
      ...(usesStacks ? [{ source: parts.stacks, destination: parts.stacks, readOnly }] : []),
    ],
    environment: { ...trustOfMachine(), ...parts.environment },
    path: [programsInside],
  };
}

/** What whoever runs Pulumi outside of the agent has written is root's. */
function giveAway(folder: string): void {
  chownSync(folder, agentUser.uid, agentUser.gid);
  for (const { parentPath, name } of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    lchownSync(join(parentPath, name), agentUser.uid, agentUser.gid);
  }
}

/** The CLI, and each plugin's program: the folders of both are the agent's, since Pulumi writes beside them. */
function pulumiMounts(pulumiHome: string): Mount[] {
  const inside = `${agentUser.home}/.pulumi`;
  const versions = readdirSync(join(pulumiHome, "versions")).map((version) => join("versions", version, "bin"));
  const plugins = readdirSync(join(pulumiHome, "plugins"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) =>
      readdirSync(join(pulumiHome, "plugins", name))
        .filter((file) => file.startsWith("pulumi-resource-"))
        .map((file) => join("plugins", name, file)),
    );
  return [...versions, ...plugins].map((path) => ({
    source: realpathSync(join(pulumiHome, path)),
    destination: posix.join(inside, path),
    readOnly: true,
  }));
}
