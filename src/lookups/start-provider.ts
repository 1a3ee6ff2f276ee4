import * as pulumi from "@pulumi/pulumi";
import type { Providers } from "./context";

/**
 * Has a provider start before the program needs it. The engine starts one provider at a time, each when it is first
 * asked: this asks for a function that no provider has, and whether the answer is that, or what is wrong with its
 * settings, is of no interest yet.
 *
 * @param explicit nothing is started of what the program passes itself
 */
export function startProvider(name: keyof Providers, explicit: Providers): void {
  if (explicit[name] === undefined) pulumi.runtime.invoke(`${name}:index:start`, {}).catch(() => {});
}
