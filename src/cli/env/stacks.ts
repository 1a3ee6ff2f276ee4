import {
  LocalWorkspace,
  type LocalWorkspaceOptions,
  PulumiCommand,
  type Stack,
  StackAlreadyExistsError,
  StackNotFoundError,
} from "@pulumi/pulumi/automation";
import * as z from "zod";
import { UserError } from "../../common/errors";
import { pulumiJson, sealedState, whenInstalled } from "../../common/pulumi-cli";
import { environmentNameRule } from "../../rules/names";
import { joinStackName, splitStackName } from "../../rules/stack-names";
import type { StackFile } from "../stack-file";
import { someAtOnce } from "./at-once";
import { type BaseStack, stackOf } from "./base-stack";
import { CliStacks, type StackReader } from "./cli-stacks";
import { DiyStacks } from "./diy-stacks";
import { type BranchEnvironment, branchFile, makeProjectFolder, removeProjectFolder } from "./project-folder";

/** What the stacks of branch environments are known by: tags of theirs, which are there before anything else is. */
const tags = {
  base: "job-container:base",
  branch: "job-container:branch",
  environment: "job-container:environment",
  created: "job-container:created",
  repository: "job-container:repository",
} as const;

/** The tag that has the id of the repository whose branch an environment is for. */
export const repositoryTag = tags.repository;

/** What the commands need of a stack. */
export type EnvironmentStack = Pick<
  Stack,
  | "name"
  | "up"
  | "preview"
  | "refresh"
  | "destroy"
  | "cancel"
  | "exportStack"
  | "importStack"
  | "getAllConfig"
  | "setTag"
> & { workspace: Pick<Stack["workspace"], "removeStack"> };

/** A branch environment that there is. */
export interface KnownEnvironment extends BranchEnvironment {
  created: Date;
  /** When it was last updated. */
  updated: Date | undefined;
  /** Id of the repository that its branch is in. A stack of version 0.1 does not say it before its next update. */
  repository: string | undefined;
}

const listed = z.array(
  z.object({ name: z.string(), lastUpdate: z.string().optional(), resourceCount: z.number().optional() }),
);
type Listed = z.output<typeof listed>[number];

const backend = z.object({ url: z.string() });

/** The stacks of a base environment's branches, through Pulumi's Automation API. */
export class BranchStacks {
  /** Found once: a look takes as long as a command. */
  private cli: Promise<PulumiCommand> | undefined;
  private many: Promise<StackReader> | undefined;

  constructor(
    readonly root: string,
    readonly base: BaseStack,
  ) {}

  /** The environment of a branch, if it has one whose stack is called as this base calls it. Takes the same time however many there are. */
  async find(branch: string): Promise<KnownEnvironment | undefined> {
    for (const stack of await this.ls(tags.branch, branch)) {
      const known = await this.read(stack, new CliStacks(this.root));
      if (known?.branch === branch) return known;
    }
    return undefined;
  }

  /** All environments of this base whose stacks are called as it calls them. */
  async list(): Promise<KnownEnvironment[]> {
    const [listed, reader] = await Promise.all([this.ls(tags.base, this.baseTag), this.reader()]);
    const found = await someAtOnce(listed, (stack) => this.read(stack, reader));
    return found.filter((known) => known !== undefined);
  }

  /** Reads what is kept of many stacks: from the files themselves where the backend is a folder or Azure Blob Storage. */
  reader(): Promise<StackReader> {
    this.many ??= this.pulumi("whoami").then((answer) =>
      DiyStacks.at(backend.parse(answer).url, this.base.namespace, new CliStacks(this.root)),
    );
    return this.many;
  }

  /**
   * Makes the stack of a new environment, without anything in it.
   *
   * @param repository id of the repository that the branch is in
   * @throws UserError if another stack has its name
   */
  async create(environment: BranchEnvironment, repository: string): Promise<EnvironmentStack> {
    const { name, branch, stack: stackName } = environment;
    const workDir = makeProjectFolder(this.root, stackName, branchFile(this.base, environment));
    const secretsProvider = z.string().optional().parse(this.base.file.secretsprovider);
    const stack = await this.createOrSelect({ stackName, workDir }, { ...(secretsProvider && { secretsProvider }) });
    // The branch last: by it a stack is found, and then it is whole.
    const values = { base: this.baseTag, environment: name, created: new Date().toISOString(), repository, branch };
    for (const key of ["base", "environment", "created", "repository", "branch"] as const)
      await stack.setTag(tags[key], values[key]);
    return stack;
  }

  /**
   * Opens an environment's stack, with its settings made anew from the base's.
   *
   * @param changed settings that differ from the base's, by their names
   */
  async open(environment: BranchEnvironment, changed: Record<string, unknown> = {}): Promise<EnvironmentStack> {
    return this.openStack(environment.stack, branchFile(this.base, environment, changed));
  }

  /** Opens the base's own stack. */
  async openBase(): Promise<EnvironmentStack> {
    return this.openStack(this.base.name, this.base.file);
  }

  /** Removes a stack that has nothing in it any more. */
  async remove(stack: EnvironmentStack): Promise<void> {
    await stack.workspace.removeStack(stack.name);
    removeProjectFolder(this.root, stack.name);
  }

  private async openStack(stackName: string, file: StackFile): Promise<Stack> {
    const args = { stackName, workDir: makeProjectFolder(this.root, stackName, file) };
    try {
      return sealed(await LocalWorkspace.selectStack(args, await this.withCli()), args.workDir);
    } catch (error) {
      if (!(error instanceof StackNotFoundError)) throw error;
      throw new UserError(`there is no stack ${stackName}. \`pulumi up --stack ${stackName}\` makes it.`);
    }
  }

  private async createOrSelect(
    args: { stackName: string; workDir: string },
    options: LocalWorkspaceOptions,
  ): Promise<Stack> {
    try {
      return sealed(await LocalWorkspace.createStack(args, await this.withCli(options)), args.workDir);
    } catch (error) {
      if (!(error instanceof StackAlreadyExistsError)) throw error;
      const stack = sealed(await LocalWorkspace.selectStack(args, await this.withCli()), args.workDir);
      await this.requireNobodys(stack);
      return stack;
    }
  }

  /** Options of the Automation API, with the CLI that is used for all of it. */
  async withCli(options: LocalWorkspaceOptions = {}): Promise<LocalWorkspaceOptions> {
    this.cli ??= whenInstalled(() => PulumiCommand.get());
    return { ...options, pulumiCommand: await this.cli };
  }

  private async read({ name, lastUpdate }: Listed, reader: StackReader): Promise<KnownEnvironment | undefined> {
    const values = await reader.tags(name);
    const {
      [tags.base]: base,
      [tags.branch]: branch,
      [tags.environment]: environment,
      [tags.created]: created,
      [tags.repository]: repository,
    } = values;
    if (base !== this.baseTag || branch === undefined || environment === undefined || created === undefined) {
      return undefined;
    }
    // Whoever may tag a stack may give it any tags: a name that is a path, or that of a stack of somebody else's.
    if (!environmentNameRule.pattern.test(environment) || name !== stackOf(this.base, environment)) return undefined;
    return {
      name: environment,
      branch,
      stack: name,
      created: new Date(created),
      updated: lastUpdate === undefined ? undefined : new Date(lastUpdate),
      repository,
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

  /** The same whether the base was named with its organization or without. */
  private get baseTag(): string {
    return splitStackName(this.base.name).stack;
  }

  /**
   * The stacks with a tag, in the base's organization. Pulumi leaves the organization out of the names of those in the
   * login's default one, and of no others.
   */
  private async ls(tag: string, value: string): Promise<Listed[]> {
    const { organization } = splitStackName(this.base.name);
    const only = organization === undefined ? [] : ["--organization", organization];
    const all = listed.parse(await this.pulumi("stack", "ls", "--tag", `${tag}=${value}`, ...only));
    return all.flatMap((each) => {
      const { organization: its, stack } = splitStackName(each.name);
      return its === undefined || its === organization ? [{ ...each, name: joinStackName(organization, stack) }] : [];
    });
  }

  /** What the Automation API has no call for. */
  private async pulumi(...args: string[]): Promise<unknown> {
    return pulumiJson(args, { cwd: this.root, env: process.env });
  }
}

/**
 * The stack, whose state is read as it is kept, with its secrets encrypted: nobody here needs them, and the Automation
 * API would have all of them decrypted.
 */
export function sealed(stack: Stack, workDir: string): Stack {
  return Object.assign(stack, { exportStack: () => sealedState(stack.name, { cwd: workDir, env: process.env }) });
}
