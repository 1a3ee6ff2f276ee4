import { AsyncLocalStorage } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";

/**
 * A hook that knows, when it runs, the stack that it was made for. In a plugin, which makes components for several
 * programs, Pulumi keeps that in the asynchronous context of each, and calls hooks outside of it.
 *
 * @param name unique in the program
 */
export function resourceHook(
  name: string,
  callback: pulumi.ResourceHookFunction,
  opts?: pulumi.ResourceHookOptions,
): pulumi.ResourceHook {
  return new pulumi.ResourceHook(name, AsyncLocalStorage.bind(callback), opts);
}

/** The same for what goes wrong. */
export function errorHook(name: string, callback: pulumi.ErrorHookFunction): pulumi.ErrorHook {
  return new pulumi.ErrorHook(name, AsyncLocalStorage.bind(callback));
}
