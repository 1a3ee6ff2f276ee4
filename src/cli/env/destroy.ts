import { UserError } from "../../common/errors";
import { buildApi } from "../azure-devops";
import { forgetGone } from "../recover/gone-resources";
import { type Context, operationOptions } from "./context";
import { operate } from "./interrupted";
import type { BranchEnvironment } from "./project-folder";
import { releaseRuns } from "./release-runs";
import { readState } from "./state";

/**
 * Destroys the environment of a branch with all that it owns: its definitions with their runs, its connection with the
 * identity behind it, and its repository in the registry with all that was pushed to it.
 *
 * @throws UserError if a part cannot be; what is left can be destroyed later
 */
export async function destroy(context: Context, environment: BranchEnvironment): Promise<void> {
  const { stacks, env, say } = context;
  say(`Destroying the environment ${environment.name} of branch ${environment.branch} (stack ${environment.stack}).`);
  // The conda files that are checked out need not be the branch's, and what is wrong with them does not matter here.
  const stack = await stacks.open(environment, { environmentPolicy: "off" });
  await operate(context, stack, async (refresh) => {
    const { definitions, isEmpty } = await readState(stack);
    if (isEmpty) return;
    await forgetGone(context, stack);
    if (definitions.length > 0) {
      const api = await buildApi(stacks.base.organizationUrl, env);
      for (const definition of definitions) await releaseRuns(api, definition, say);
    }
    // With the program, because it knows how to empty the repository.
    await stack.destroy({ ...operationOptions(context), runProgram: true, refresh });
  });
  await stacks.remove(stack);
}

/**
 * The environment of a branch.
 *
 * @throws UserError if it has none
 */
export async function existingEnvironment({ stacks }: Context, branch: string): Promise<BranchEnvironment> {
  const known = await stacks.find(branch);
  if (known !== undefined) return known;
  throw new UserError(
    `the branch ${branch} has no environment of the base ${stacks.base.name}. See: npx job-container env list`,
  );
}
