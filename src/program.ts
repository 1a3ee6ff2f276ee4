import { setImmediate } from "node:timers/promises";
import type * as pulumi from "@pulumi/pulumi";
import { programName } from "./common/besides";
import type { ProgramOutputs } from "./common/outputs";
import type { Transforms } from "./job-container";
import { askAccount } from "./lookups/azure-account";
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
  const account = askAccount(opts);
  await setImmediate();
  // Loaded while the provider starts that has just been asked.
  const { declareJobContainer }: typeof import("./job-container") = require("./job-container");
  return (await declareJobContainer(programName, { own, configured: true, transform, account }, opts)).outputs;
}
