import * as pulumi from "@pulumi/pulumi";

/**
 * Has a provider start before the program needs it. The engine starts one provider at a time, each when it is first
 * asked: this asks for a function that no provider has, and whether the answer is that, or what is wrong with its
 * settings, is of no interest yet.
 *
 * @param name its package; `pulumi` is the engine's own, which knows what stacks put out
 * @param explicit the one that the program passes. Then none is started
 */
export function startProvider(name: string, explicit?: pulumi.ProviderResource): void {
  if (explicit === undefined) pulumi.runtime.invoke(`${name}:index:start`, {}).catch(() => {});
}
