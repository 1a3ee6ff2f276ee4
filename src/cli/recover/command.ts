import { LocalWorkspace } from "@pulumi/pulumi/automation";
import type { Command } from "commander";
import { notBlank } from "../arguments";
import type { Context } from "../env/context";
import { inContext } from "../env/in-context";
import { operate } from "../env/interrupted";
import { sealed } from "../env/stacks";
import { readState } from "../env/state";
import { readUnlocked } from "../env/unlocked-state";
import { adoptAll } from "./adopt-all";
import { deleteOrphans } from "./azure-devops";
import { goneResources } from "./gone-resources";
import { plannedCreations } from "./planned";

/** `job-container recover`: puts a stack in order whose `pulumi up` or `pulumi destroy` was killed, or got no answer. */
export function define(command: Command): void {
  command
    .usage("--stack <name>")
    .description(
      "Repair a base environment's stack after a command was killed or got no answer: unlock it, delete the service " +
        "connections, branch control checks and pipeline definitions that it created without recording them, import " +
        "what was created in its resource group, and remove what no longer exists. What may belong to somebody else is listed, and left alone.",
    )
    .requiredOption("--stack <name>", "the stack", notBlank)
    .option(
      "--resource-group <name>",
      "import this resource group as well, if it exists: it is the stack's own",
      notBlank,
    )
    .addHelpText("after", "\nExit code: 0 if it was done, 1 if not, 2 if the command was not understood.")
    .action(({ stack, resourceGroup }: { stack: string; resourceGroup?: string }) =>
      inContext({ base: stack }, process.stdout, (context) => recover(context, stack, resourceGroup)),
    );
}

async function recover(context: Context, stackName: string, resourceGroup: string | undefined): Promise<void> {
  const workDir = context.stacks.root;
  const stack = sealed(
    await LocalWorkspace.selectStack({ stackName, workDir }, await context.stacks.withCli()),
    workDir,
  );

  const { begun } = await readState(stack);
  await operate(context, stack, async () => {
    const state = await readUnlocked(context, stack);
    await state.forget(await goneResources(context, state));
    await adoptAll(context, stack, begun, { ownGroup: resourceGroup });
    const planned = await plannedCreations(stack, context.signal);
    await deleteOrphans(context, await readUnlocked(context, stack), planned);
  });
  context.say(`The stack ${stackName} is in order. What is left to do: pulumi up --stack ${stackName}`);
}
