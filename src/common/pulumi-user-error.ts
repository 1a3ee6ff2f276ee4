import * as pulumi from "@pulumi/pulumi";

/**
 * Ends the program with a message for a person: what is wrong (with the value), where it was set, what to do. It is
 * shown without a stack trace.
 */
export class UserError extends pulumi.RunError {
  constructor(message: string) {
    super(message);
    // Pulumi formats every error that is thrown, with colours; on Node 20 its stack makes that take many seconds.
    this.stack = "";
  }
}
