import type * as pulumi from "@pulumi/pulumi";
import { programName } from "./common/besides";
import type { ProgramOutputs } from "./common/outputs";
import { declareJobContainer, type Transforms } from "./job-container";
import type { SettingsArgs } from "./settings-args";

/**
 * What the program takes besides the stack's settings. A setting that is given here holds for every stack of the
 * project, whatever `Pulumi.<stack>.yaml` says.
 */
export interface ProgramArgs extends Partial<SettingsArgs> {
  /** Changes what the components pass to their resources. Default: nothing. */
  transform?: Transforms;
}

/**
 * The whole program: reads the stack's settings, looks up what must exist, and declares the job container.
 *
 * @param opts explicit providers, for example. Default: none
 * @returns the stack's outputs
 * @throws UserError that lists every setting that is wrong, or names what does not exist
 */
export async function program(
  { transform, ...own }: ProgramArgs = {},
  opts: pulumi.ComponentResourceOptions = {},
): Promise<ProgramOutputs> {
  return (await declareJobContainer(programName, { own, configured: true, transform }, opts)).outputs;
}
