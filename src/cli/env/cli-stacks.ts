import type { Deployment } from "@pulumi/pulumi/automation";
import * as z from "zod";
import { pulumiJson, sealedState } from "../../common/pulumi-cli";

/** Reads what the backend keeps of stacks, by their names, without changing anything. */
export interface StackReader {
  tags(stack: string): Promise<Record<string, string>>;
  /** The state, with its secrets encrypted. */
  state(stack: string): Promise<Deployment>;
  /** Result of the last update, in Pulumi's words (`succeeded`, `failed`, …). None before the first. */
  lastResult(stack: string): Promise<string | undefined>;
}

/** Asks the Pulumi CLI, which takes a process for each answer. */
export class CliStacks implements StackReader {
  constructor(private readonly root: string) {}

  async tags(stack: string) {
    return tagValues.parse(await this.pulumi("stack", "tag", "ls", "--stack", stack));
  }

  async state(stack: string) {
    return sealedState(stack, this.options);
  }

  async lastResult(stack: string) {
    const last = ["--page-size", "1", "--page", "1"];
    return updates.parse(await this.pulumi("stack", "history", "--stack", stack, ...last))[0]?.result;
  }

  private pulumi(...args: string[]): Promise<unknown> {
    return pulumiJson(args, this.options);
  }

  private get options() {
    return { cwd: this.root, env: process.env };
  }
}

const tagValues = z.record(z.string(), z.string());
const updates = z.array(z.object({ result: z.string() }));
