import { CommandError } from "@pulumi/pulumi/automation";
import { UserError } from "../../common/errors";

/**
 * What a person can do something about, of what was thrown: a command of Pulumi that failed as well. Undefined for a
 * defect of ours.
 */
export function userErrorOf(error: unknown): UserError | undefined {
  if (error instanceof UserError) return error;
  return error instanceof CommandError ? new UserError(`Pulumi failed: ${error.message.trim()}`) : undefined;
}
