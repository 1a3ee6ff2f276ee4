import type * as pulumi from "@pulumi/pulumi";

/** The value of an output, once it is known. */
export function value<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}
