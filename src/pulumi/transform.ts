import type * as pulumi from "@pulumi/pulumi";

/**
 * Changes what a component passes to one of its resources, for what the component's own arguments did not foresee:
 * either properties that replace the component's, or a function that gets the arguments and options and returns the
 * arguments to use (it may change the options in place).
 */
export type Transform<Args> = Partial<Args> | ((args: Args, opts: pulumi.CustomResourceOptions) => Args);

/** Applies a transform; the result is what a resource's constructor takes: `new Registry(...transformed(…))`. */
export function transformed<Args extends object>(
  transform: Transform<Args> | undefined,
  name: string,
  args: Args,
  opts: pulumi.CustomResourceOptions,
): [string, Args, pulumi.CustomResourceOptions] {
  if (typeof transform === "function") return [name, transform(args, opts), opts];
  return [name, { ...args, ...transform }, opts];
}
