import type * as pulumi from "@pulumi/pulumi";

/** An output's value, for a hook: those run in updates, where there is one. */
export function known<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}
