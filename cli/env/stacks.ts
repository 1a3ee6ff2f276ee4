import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { LocalWorkspace, type Stack, StackNotFoundError } from "@pulumi/pulumi/automation";
import { z } from "zod";
import { UserError } from "../../toolchain/errors";
import type { BaseStack, StackFile } from "./base-stack";
import { type BranchEnvironment, branchFile, makeProjectFolder, removeProjectFolder } from "./project-folder";

/** What the stacks of branch environments are known by: tags of theirs, which are there before anything else is. */
const tags = {
  base: "job-container:base",
  branch: "job-container:branch",
  environment: "job-container:environment",
  created: "job-container:created",
} as const;

/** A branch environment that there is. */
export interface KnownEnvironment extends BranchEnvironment {
  created: Date;
  /** When it was last updated. */
  updated: Date | undefined;
}

const listed = z.array(
  z.object({ name: z.string(), lastUpdate: z.string().optional(), resourceCount: z.number().optional() }),
);
type Listed = z.output<typeof listed>[number];

/** The stacks of a base environment's branches, through Pulumi's Automation API. */
export class BranchStacks {
  constructor(
    readonly root: string,
    readonly base: BaseStack,
  ) {}

  /** The environment of a branch. Takes the same time however many there are. */
  async find(branch: string): Promise<KnownEnvironment | undefined> {
    for (const stack of await this.ls(tags.branch, branch)) {
      const known = await this.read(stack);
      if (known?.branch === branch) return known;
    }
    return undefined;
  }

  /** All environments of this base. */
  async list(): Promise<KnownEnvironment[]> {
    const found: KnownEnvironment[] = [];
    for (const stack of await this.ls(tags.base, this.base.name)) {
      const known = await this.read(stack);
      if (known !== undefined) found.push(known);
    }
    return found;
  }

  /**
   * Makes the stack of a new environment, without anything in it.
   *
   * @throws UserError if another stack has its name
   */
  async create(environment: BranchEnvironment): Promise<Stack> {
    const { name, branch, stack: stackName } = environment;
    const workDir = makeProjectFolder(this.root, stackName, branchFile(this.base, environment));
    const args = { stackName, workDir };
    const secretsProvider = z.string().optional().parse(this.base.file.secretsprovider);
    const existing = await select(args);
    if (existing !== undefined) await this.requireNobodys(existing);
    const stack = existing ?? (await LocalWorkspace.createStack(args, { ...(secretsProvider && { secretsProvider }) }));
    // The branch last: by it a stack is found, and then it is whole.
    const values = { base: this.base.name, environment: name, created: new Date().toISOString(), branch };
    for (const key of ["base", "environment", "created", "branch"] as const) await stack.setTag(tags[key], values[key]);
    return stack;
  }

  /**
   * Opens an environment's stack, with its settings made anew from the base's.
   *
   * @param changed settings that differ from the base's, by their names
   */
  async open(environment: BranchEnvironment, changed: Record<string, unknown> = {}): Promise<Stack> {
    return this.openStack(environment.stack, branchFile(this.base, environment, changed));
  }

  /** Opens the base's own stack. */
  async openBase(): Promise<Stack> {
    return this.openStack(this.base.name, this.base.file);
  }

  /** Removes a stack that has nothing in it any more. */
  async remove(stack: Stack): Promise<void> {
    await stack.workspace.removeStack(stack.name);
    removeProjectFolder(this.root, stack.name);
  }

  private async openStack(stackName: string, file: StackFile): Promise<Stack> {
    const stack = await select({ stackName, workDir: makeProjectFolder(this.root, stackName, file) });
    if (stack !== undefined) return stack;
    throw new UserError(`there is no stack ${stackName}. \`pulumi up --stack ${stackName}\` makes it.`);
  }

  private async read({ name, lastUpdate }: Listed): Promise<KnownEnvironment | undefined> {
    const { stdout } = await this.pulumi("stack", "tag", "ls", "--json", "--stack", name);
    const values = z.record(z.string(), z.string()).parse(JSON.parse(stdout));
    const {
      [tags.base]: base,
      [tags.branch]: branch,
      [tags.environment]: environment,
      [tags.created]: created,
    } = values;
    if (base !== this.base.name || branch === undefined || environment === undefined || created === undefined) {
      return undefined;
    }
    return {
      name: environment,
      branch,
      stack: name,
      created: new Date(created),
      updated: lastUpdate === undefined ? undefined : new Date(lastUpdate),
    };
  }

  /** A stack may be there, made by a command that was interrupted before it said what for: then it has nothing in it. */
  private async requireNobodys(stack: Stack): Promise<void> {
    const known = await stack.listTags();
    const { deployment } = await stack.exportStack();
    const { resources } = z.object({ resources: z.array(z.unknown()).optional() }).parse(deployment);
    if (known[tags.branch] === undefined && (resources ?? []).length === 0) return;
    throw new UserError(
      `there is a stack ${stack.name} already${known[tags.branch] ? `, of the branch ${known[tags.branch]}` : ""}. ` +
        "Give the environment another name with --name.",
    );
  }

  private async ls(tag: string, value: string): Promise<Listed[]> {
    const { stdout } = await this.pulumi("stack", "ls", "--json", "--tag", `${tag}=${value}`);
    return listed.parse(JSON.parse(stdout));
  }

  /** What the Automation API has no call for. */
  private async pulumi(...args: string[]): Promise<{ stdout: string }> {
    return promisify(execFile)("pulumi", [...args, "--non-interactive"], { cwd: this.root }).catch((error: unknown) => {
      throw new UserError(`\`pulumi ${args.join(" ")}\` failed: ${reasonOf(error)}`);
    });
  }
}

async function select(args: { stackName: string; workDir: string }): Promise<Stack | undefined> {
  try {
    return await LocalWorkspace.selectStack(args);
  } catch (error) {
    if (error instanceof StackNotFoundError) return undefined;
    throw error;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ("code" in error && error.code === "ENOENT") return "there is no Pulumi CLI on PATH. Run `npm ci` first.";
  return "stderr" in error && error.stderr ? String(error.stderr).trim() : error.message;
}
