import type { BranchStacks } from "./stacks";

/** What the commands work with. */
export interface Context {
  stacks: BranchStacks;
  env: NodeJS.ProcessEnv;
  /** Told what happens, a line each. */
  say: (line: string) => void;
  /** Told what Pulumi prints, as it comes. */
  progress: (text: string) => void;
  /** Interrupts Pulumi, which then ends in good order. */
  signal: AbortSignal;
}

/** How Pulumi is run for an update or its preview, which may be checked against policy packs. */
export function updateOptions(context: Context, policyPacks: string[] = []) {
  return { ...operationOptions(context), policyPacks };
}

/** How Pulumi is run for the operations of a stack. */
export function operationOptions({ progress, signal }: Context) {
  return {
    ...{ onOutput: progress, onError: progress, signal },
    ...{ color: "never" as const, suppressProgress: true, showSecrets: false },
  };
}
