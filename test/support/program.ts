import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import * as z from "zod";
import { environmentOf } from "../../local-cloud/cloud/environment";
import { layoutOf } from "../../local-cloud/cloud/layout";
import { readCloudSettings } from "../../local-cloud/cloud/settings";
import { stackSettings } from "../../local-cloud/start/stack-settings";
import type { StackOutputs } from "../../src/common/outputs";
import { stackOutputs } from "../../src/common/outputs-schema";
import { projectRoot } from "./repository";
import { writeSmallEnvironment } from "./small-environment";

/** All that a `pulumi` command reads of this program, and its own commands. */
const copied = [
  "Pulumi.yaml",
  "package.json",
  "tsconfig.json",
  "index.ts",
  "fast.js",
  "components",
  "docker",
  "pipelines",
  "local-cloud",
  "src",
  "plugin",
  "examples",
];
const linked = ["node_modules", "sdks"];

/** A command that ended. */
export interface Ended {
  exitCode: number;
  /** Standard output and standard error, in the order in which they came. */
  output: string;
  stdout: string;
}

/** What would happen to a resource, or did. */
export interface Step {
  op: string;
  type: string;
  name: string;
}

/** A resource in a stack's state. */
export interface StateResource {
  type: string;
  name: string;
  /** What it goes through: a URN and an id. */
  provider: string | undefined;
}

const stateForm = z.object({
  deployment: z.object({
    resources: z.array(z.object({ urn: z.string(), provider: z.string().optional() })).default([]),
  }),
});

export interface ProgramOptions {
  /** Directory of the local cloud that it is deployed to. */
  cloud: string;
  /** Name of the stack: one for each program. */
  stack: string;
  /** Settings by their full names (`job-container:registry`) that differ from those of the stack `local`. */
  settings?: Record<string, unknown>;
  /** Environment variables that differ from the local cloud's. */
  environment?: NodeJS.ProcessEnv;
  /** Another project in the copy, by its folder and its name. Default: this repository's own. */
  project?: { folder: string; name: string };
  /** What the image is made of: the project's own packages, or a few small ones. Default: small */
  packages?: "own" | "small";
}

/**
 * A copy of this program with a stack of its own in a local cloud. A test may change it, and runs the literal Pulumi
 * CLI on it.
 */
export class Program {
  readonly directory = mkdtempSync(join(tmpdir(), "program-"));
  readonly stack: string;
  /** The project folder, from the copy's. */
  private readonly folder: string;
  private readonly defaults: Record<string, unknown>;
  /** The settings that the stack was made with. */
  readonly settings: Record<string, unknown>;
  /** Environment of the commands. `npx job-container env` takes the stack for the base. */
  readonly environment: NodeJS.ProcessEnv;

  private constructor({ cloud, stack, settings: own = {}, environment, project, packages = "small" }: ProgramOptions) {
    const layout = layoutOf(cloud);
    const settings = readCloudSettings(layout);
    if (!settings) throw new Error(`there is no local cloud in ${cloud}`);
    this.stack = stack;
    this.settings = own;
    this.folder = project?.folder ?? ".";
    this.defaults = stackSettings(settings, project?.name ?? "job-container");
    this.environment = {
      ...environmentOf(layout, settings, process.env),
      JOB_CONTAINER_BASE_STACK: stack,
      ...environment,
    };
    for (const name of copied) cpSync(join(projectRoot, name), join(this.directory, name), { recursive: true });
    if (packages === "small") writeSmallEnvironment(this.directory);
    for (const name of linked) symlinkSync(join(projectRoot, name), join(this.directory, name));
    // A project below the top finds the repository's root by it.
    if (project) mkdirSync(join(this.directory, ".git"));
  }

  /** A copy with a new stack. */
  static async create(options: ProgramOptions): Promise<Program> {
    const program = Program.open(options);
    await program.succeed("stack", "init", options.stack);
    return program;
  }

  /** A copy with a stack that is there, or will be. */
  static open(options: ProgramOptions): Program {
    const program = new Program(options);
    program.configure(program.settings);
    return program;
  }

  /** Sets the stack's settings anew: those of the stack `local`, with these instead. */
  configure(settings: Record<string, unknown>): void {
    const config = Object.fromEntries(
      Object.entries({ ...this.defaults, ...settings }).filter(([, value]) => value !== undefined),
    );
    writeFileSync(join(this.projectFolder, `Pulumi.${this.stack}.yaml`), stringify({ config }));
    const connection = z.object({ name: z.string() }).safeParse(config["job-container:serviceConnection"]);
    this.pullThrough(connection.data?.name ?? "acrconnection");
  }

  /** Writes the service connection's name into the model pipeline, as a team does that has chosen another one. */
  private pullThrough(connection: string): void {
    const file = join(this.directory, "pipelines/model-ci.yml");
    if (!existsSync(file)) return;
    const text = readFileSync(file, "utf8");
    writeFileSync(
      file,
      text.replace(/^( +endpoint: )\S+$/m, (_, key: string) => key + connection),
    );
  }

  /** Runs `pulumi` on the stack, without asking anything. */
  pulumi(...args: string[]): Promise<Ended> {
    return this.run("pulumi", [...args, "--non-interactive", "--color", "never"]);
  }

  /** Another copy with the same stack, as it is with another branch checked out. */
  worktree(): Program {
    const { directory, stack, settings, environment } = this;
    const other: Program = Object.assign(Object.create(Program.prototype), {
      ...{ stack, settings, environment, defaults: this.defaults, folder: this.folder },
      directory: mkdtempSync(join(tmpdir(), "program-")),
    });
    cpSync(directory, other.directory, { recursive: true });
    return other;
  }

  /** Runs `job-container` in the program's folder. */
  jobContainer(args: string[], environment?: NodeJS.ProcessEnv): Promise<Ended> {
    return this.run("node", [this.jobContainerPath, ...args], environment);
  }

  /** Absolute path of the folder that commands run in. */
  get projectFolder(): string {
    return join(this.directory, this.folder);
  }

  /** What Node runs as the command `job-container`. */
  get jobContainerPath(): string {
    return join(this.directory, "src/cli/job-container.js");
  }

  /** Runs a command in the program's folder, in the local cloud. */
  run(command: string, args: string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return new Promise((resolve) => {
      let output = "";
      const child = execFile(
        command,
        args,
        { cwd: this.projectFolder, env: { ...this.environment, ...environment }, maxBuffer: 64 * 1024 * 1024 },
        (_, stdout) => resolve({ exitCode: child.exitCode ?? -1, output, stdout }),
      );
      for (const stream of [child.stdout, child.stderr]) {
        stream?.on("data", (text) => {
          output += text;
        });
      }
    });
  }

  /** Updates the stack, without the preview that the CLI makes first: it takes as long as the update's own part. */
  up(...options: string[]): Promise<Ended> {
    return this.pulumi("up", "--yes", "--skip-preview", "--stack", this.stack, ...options);
  }

  /** Destroys the stack, without a preview first. */
  destroy(): Promise<Ended> {
    return this.pulumi("destroy", "--yes", "--skip-preview", "--stack", this.stack);
  }

  /** What an update would do, without the resources that stay as they are. */
  async preview(): Promise<Step[]> {
    const { steps } = JSON.parse(await this.succeed("preview", "--json", "--stack", this.stack)) as {
      steps: { op: string; urn: string }[];
    };
    return steps.filter(({ op }) => op !== "same").map(({ op, urn }) => ({ op, ...partsOf(urn) }));
  }

  async outputs(): Promise<StackOutputs> {
    return stackOutputs.parse(JSON.parse(await this.succeed("stack", "output", "--json", "--stack", this.stack)));
  }

  /** The resources in the state of the stack, or of another one of the project. */
  async resources(stack = this.stack): Promise<StateResource[]> {
    const { deployment } = stateForm.parse(JSON.parse(await this.succeed("stack", "export", "--stack", stack)));
    return deployment.resources.map(({ urn, provider }) => ({ ...partsOf(urn), provider }));
  }

  /** Removes the copy. What the stack has in the local cloud goes with that. */
  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Runs `pulumi` and returns what it printed. @throws Error if it fails, with its output */
  async succeed(...args: string[]): Promise<string> {
    const { exitCode, output, stdout } = await this.pulumi(...args);
    if (exitCode !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${exitCode}:\n${output}`);
    return stdout;
  }
}

/** Type and name in `urn:pulumi:stack::project::a$b$type::name`. */
function partsOf(urn: string): { type: string; name: string } {
  const [, , types = "", name = ""] = urn.split("::");
  return { type: types.split("$").at(-1) ?? types, name };
}
