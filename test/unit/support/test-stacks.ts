import { CommandError, type UpdateSummary } from "@pulumi/pulumi/automation";
import type { BaseStack, BranchSettings } from "../../../src/cli/env/base-stack";
import type { Context } from "../../../src/cli/env/context";
import { BranchStacks, type EnvironmentStack, type KnownEnvironment } from "../../../src/cli/env/stacks";
import { personalAccessToken } from "./local-azure-devops";

/** A resource or an operation under way, as a state has it. */
export interface TestResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

/** A stack without an engine: what is asked of it is done at once. */
export class TestStack implements EnvironmentStack {
  resources: TestResource[] = [];
  pending: { type: string; resource: TestResource }[] = [];
  values: Record<string, unknown> = {};
  lastResult: UpdateSummary["result"] | undefined;
  /** Called by the operations before they do something. */
  interfere: () => void = () => undefined;
  /** Called by a refresh. */
  whenRefreshed: () => void = () => undefined;
  isLocked = true;
  isRemoved = false;

  constructor(readonly name: string) {}

  readonly workspace = {
    removeStack: async () => {
      this.isRemoved = true;
    },
  };

  async up() {
    this.interfere();
    return { ...printed, summary: summaryOf("update", "succeeded", { create: 2 }), outputs: this.outputs() };
  }

  async destroy() {
    this.interfere();
    this.resources = [];
    return { ...printed, summary: summaryOf("destroy", "succeeded") };
  }

  async preview(): Promise<never> {
    throw new Error("these tests preview nothing");
  }

  async refresh() {
    this.whenRefreshed();
    return { ...printed, summary: summaryOf("refresh", "succeeded") };
  }

  async cancel() {
    this.isLocked = false;
  }

  private outputs() {
    return Object.fromEntries(Object.entries(this.values).map(([name, value]) => [name, { value, secret: false }]));
  }

  async exportStack() {
    return { version: 3, deployment: { resources: this.resources, pending_operations: this.pending } };
  }

  async importStack({ deployment }: Awaited<ReturnType<TestStack["exportStack"]>>) {
    this.resources = deployment.resources;
    this.pending = deployment.pending_operations;
  }

  readonly tags: Record<string, string> = {};

  async setTag(key: string, value: string) {
    this.tags[key] = value;
  }

  async getAllConfig() {
    return {};
  }
}

const printed = { stdout: "", stderr: "" };

function summaryOf(
  kind: UpdateSummary["kind"],
  result: UpdateSummary["result"],
  resourceChanges: UpdateSummary["resourceChanges"] = {},
): UpdateSummary {
  const time = new Date("2026-11-24T12:00:00Z");
  const about = { message: "", environment: {}, config: {}, version: 1 };
  return { kind, result, ...about, startTime: time, endTime: time, resourceChanges };
}

/** What the Automation API throws when the CLI has failed. */
export function commandFailed(stderr: string): CommandError {
  return new CommandError(`code: 255\n stdout: \n stderr: ${stderr}\n`);
}

/** The stacks of the environments of a base, without an engine. */
export class TestStacks extends BranchStacks {
  readonly environments: KnownEnvironment[] = [];
  private readonly all = new Map<string, TestStack>();

  /**
   * @param organizationUrl of the Azure DevOps in which the base's repository is
   * @param repository id of the repository for whose branches they are
   */
  constructor(
    organizationUrl: string,
    settings: Partial<BranchSettings> = {},
    private readonly repository = "repository",
  ) {
    const base: BaseStack = {
      name: "dev",
      settings: { base: "dev", stackName: "{base}-{environment}", ...settings },
      namespace: "job-container",
      file: { config: {} },
      organizationUrl,
      project: "mlops",
      repository: { kind: "azureRepos", name: "diabetes_regression", defaultBranch: "main" },
    };
    super("/nowhere", base);
  }

  /** Adds an environment; of a branch of its name, and made and updated just now, unless it is said. */
  add(name: string, more: Partial<KnownEnvironment> = {}): TestStack {
    const stack = new TestStack(`dev-${name}`);
    const now = new Date();
    this.environments.push({
      ...{ name, branch: name, stack: stack.name, created: now, updated: now, repository: this.repository },
      ...more,
    });
    this.all.set(stack.name, stack);
    return stack;
  }

  override async list() {
    return this.environments;
  }

  override async reader() {
    const stack = (name: string) => this.all.get(name) ?? new TestStack(name);
    return {
      tags: async (name: string) => stack(name).tags,
      state: async (name: string) => stack(name).exportStack(),
      lastResult: async (name: string): Promise<string | undefined> => stack(name).lastResult,
    };
  }

  override async find(branch: string) {
    return this.environments.find((environment) => environment.branch === branch);
  }

  override async create({ name }: { name: string }) {
    return this.add(name);
  }

  override async open({ stack }: { stack: string }) {
    const found = this.all.get(stack);
    if (found === undefined) throw new Error(`these tests have no stack ${stack}`);
    return found;
  }
}

/** What the commands work with, and what they have said. */
export function contextOf(stacks: BranchStacks): Context & { said: string[]; abort: () => void } {
  const said: string[] = [];
  const controller = new AbortController();
  return {
    stacks,
    env: { AZDO_PERSONAL_ACCESS_TOKEN: personalAccessToken },
    say: (line) => said.push(line),
    progress: () => undefined,
    signal: controller.signal,
    said,
    abort: () => controller.abort(),
  };
}
