import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getPersonalAccessTokenHandler, WebApi } from "azure-devops-node-api";
import { type Layout, layoutOf } from "../../../local-cloud/cloud/layout";
import { cloudStatus, type Running } from "../../../local-cloud/cloud/status";
import { reset, stop } from "../../../local-cloud/cloud/stop";
import { up } from "../../../local-cloud/cloud/up";
import { reservePorts } from "../../support/ports";
import { Program } from "../../support/program";
import { projectRepository } from "../../support/repository";
import { snapshot } from "./snapshot";
import { Switch } from "./switch";

/** A command that ended, or was ended. */
export interface Outcome {
  /** Undefined if it was killed. */
  exitCode: number | undefined;
  output: string;
  seconds: number;
  /** Whether it had to be ended, because it had taken too long. */
  overdue: boolean;
}

/** What can be there before a step. */
export type Condition = "nothing" | "base" | "branch";

/** Name of the base environment's stack. */
const stackName = "faults";

/** Names of the branches whose environments are made. */
const branches = { branch: "faulty", other: "other" };

/** A small image that jobs can run in, with one file from the conda channel: it is built in a second. */
const dockerfile = `ARG BASE_IMAGE=mambaorg/micromamba
FROM \${BASE_IMAGE}
ARG CONDA_CHANNEL
USER root
ADD \${CONDA_CHANNEL}/noarch/repodata.json /opt/channel.json
COPY environment /opt/environment
ENV PATH=/opt/environment/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
ENTRYPOINT []
CMD ["/bin/bash"]
`;

/** A local cloud with one base stack in it, whose faults concern nobody else. */
export class World {
  readonly layout: Layout;
  private readonly directory = mkdtempSync(join(tmpdir(), "faults-"));
  private program: Program | undefined;
  private faultSwitch: Switch | undefined;
  private edits = 0;
  private port: number | undefined;

  constructor() {
    this.layout = layoutOf(join(this.directory, "cloud"));
  }

  async start(): Promise<void> {
    this.port ??= await reservePorts();
    await up(this.layout, { repository: projectRepository, port: this.port });
    const { faults, azureDevOps } = this.cloud;
    this.faultSwitch = new Switch(faults.url, azureDevOps.personalAccessToken);
    this.program ??= await this.createProgram();
  }

  /** Ends the local cloud's processes; its state stays. */
  async stop(): Promise<void> {
    await stop(this.layout);
  }

  /** Begins anew, whatever there was. */
  async restart(): Promise<void> {
    await this.remove();
    mkdirSync(this.directory, { recursive: true });
    this.program = undefined;
    await this.start();
  }

  async remove(): Promise<void> {
    await reset(this.layout);
    this.program?.remove();
    rmSync(this.directory, { recursive: true, force: true });
  }

  get cloud(): Running {
    const status = cloudStatus(this.layout);
    if (!status.running) throw new Error(`the local cloud in ${status.directory} does not run`);
    return status;
  }

  /** As of the start: while a registry ends, the local cloud does not run as a whole. */
  get faults(): Switch {
    if (this.faultSwitch === undefined) throw new Error("the world was not started");
    return this.faultSwitch;
  }

  get base(): Program {
    if (this.program === undefined) throw new Error("the world was not started");
    return this.program;
  }

  snapshot(): string[] {
    return snapshot(this.layout);
  }

  /** What there is now. */
  get condition(): Condition {
    const lines = this.snapshot();
    const has = (name: string) => lines.some((line) => line.startsWith(`stack ${name}.json `));
    return has("faults-faulty") ? "branch" : has("faults") ? "base" : "nothing";
  }

  /** Makes sure of what is there, without faults. */
  async require(condition: Condition): Promise<void> {
    const found = this.condition;
    if (found === condition) return;
    if (found === "branch") await this.succeed("branch destroy");
    if (condition === "nothing") await this.succeed("destroy");
    if (found === "nothing") await this.succeed("up");
    if (condition === "branch") await this.succeed("branch up");
  }

  /** Changes the environment definition, so that another image is to be built. */
  edit(): void {
    writeFileSync(join(this.base.directory, "docker/environment/edit"), String(++this.edits));
  }

  async succeed(command: Command): Promise<Outcome> {
    const outcome = await this.run(command, { limit: 300 });
    if (outcome.exitCode === 0) return outcome;
    throw new Error(`${command} without any fault ended with ${outcome.exitCode}:\n${outcome.output}`);
  }

  /**
   * Runs a command of the lifecycle.
   *
   * @param limit seconds after which it is interrupted as by Ctrl-C, and killed 30 seconds later
   * @param watch is given the process, and may end it
   */
  async run(
    command: Command,
    { limit, watch }: { limit: number; watch?: (child: ChildProcess) => Promise<void> },
  ): Promise<Outcome> {
    const [program, ...args] = commands[command](this.base);
    const began = Date.now();
    // In a process group of its own, to be killed as a whole.
    const child = spawn(program, args, { cwd: this.base.directory, env: this.base.environment, detached: true });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (data) => {
        output += data;
      });
    }
    let overdue = false;
    const interrupt = () => {
      overdue = true;
      signal(child, "SIGINT");
    };
    const timers = [
      setTimeout(interrupt, limit * 1000),
      setTimeout(() => signal(child, "SIGKILL"), (limit + 30) * 1000),
    ];
    // Its own end: what it has started may keep its output open for longer.
    const ended = new Promise<number | undefined>((resolve) => {
      child.once("exit", (code) => resolve(code ?? undefined));
    });
    const [exitCode] = await Promise.all([ended, watch?.(child)]).finally(() => {
      for (const timer of timers) clearTimeout(timer);
    });
    return { exitCode, output, seconds: Math.round((Date.now() - began) / 1000), overdue };
  }

  private async createProgram(): Promise<Program> {
    const program = await Program.create({
      cloud: this.layout.directory,
      stack: stackName,
      settings: {
        "job-container:registry": { kind: "new", name: "faultsacr" },
        "job-container:environmentPolicy": "off",
        "job-container:branches": { base: stackName },
      },
    });
    const docker = join(program.directory, "docker");
    writeFileSync(join(docker, "Dockerfile"), dockerfile);
    writeFileSync(join(docker, ".dockerignore"), "");
    for (const folder of ["conda-meta", "bin"]) mkdirSync(join(docker, "environment", folder), { recursive: true });
    writeFileSync(join(docker, "environment/conda-meta/history"), "");
    writeFileSync(join(docker, "environment/bin/python"), "#!/bin/bash\n", { mode: 0o755 });
    await this.createBranches();
    return program;
  }

  private async createBranches(): Promise<void> {
    const { orgServiceUrl, personalAccessToken, project, repository } = this.cloud.azureDevOps;
    const git = await new WebApi(orgServiceUrl, getPersonalAccessTokenHandler(personalAccessToken)).getGitApi();
    const [main] = await git.getRefs(repository, project, "heads/main");
    for (const branch of Object.values(branches)) {
      const name = `refs/heads/${branch}`;
      await git.updateRefs([{ name, oldObjectId: "0".repeat(40), newObjectId: main?.objectId }], repository, project);
    }
  }
}

const jobContainer =
  (...args: string[]) =>
  ({ jobContainerPath }: Program): [string, ...string[]] => ["node", jobContainerPath, ...args];

/** The commands of the lifecycle. */
const commands = {
  up: ({ stack }: Program) => ["pulumi", "up", "--yes", "--skip-preview", "--stack", stack, ...quietly],
  preview: ({ stack }: Program) => ["pulumi", "preview", "--expect-no-changes", "--stack", stack, ...quietly],
  destroy: ({ stack }: Program) => ["pulumi", "destroy", "--yes", "--skip-preview", "--stack", stack, ...quietly],
  "branch up": jobContainer("env", "up", "--branch", branches.branch),
  "branch destroy": jobContainer("env", "destroy", "--branch", branches.branch),
  "other branch up": jobContainer("env", "up", "--branch", branches.other),
  "other branch destroy": jobContainer("env", "destroy", "--branch", branches.other),
  recover: jobContainer("recover", "--stack", stackName),
  "recover group": jobContainer("recover", "--stack", stackName, "--resource-group", `rg-job-container-${stackName}`),
} satisfies Record<string, (program: Program) => [string, ...string[]]>;

export type Command = keyof typeof commands;

const quietly = ["--non-interactive", "--color", "never", "--suppress-outputs"];

export function isOver({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** Sends a signal to a command and all that it has started. */
export function signal(child: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, name);
  } catch {
    // it has ended by now
  }
}
