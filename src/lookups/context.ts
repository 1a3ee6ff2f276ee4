import type * as pulumi from "@pulumi/pulumi";
import { asArgument, type NameOf } from "../common/name-of";

/** Explicit providers, by package. */
export type Providers = {
  [Package in "azure-native" | "azuredevops" | "docker" | "docker-build"]?: pulumi.ProviderResource;
};

/** The packages whose providers the program asks for something. */
const packages: (keyof Providers)[] = ["azure-native", "azuredevops", "docker", "docker-build"];

/** How something is looked up. */
export interface LookupContext {
  /** How a message names what was looked up. Default: as an argument. */
  nameOf?: NameOf;
  /** Providers to ask. Default: those that the stack's configuration makes. */
  providers?: Providers;
  /** Logical name of what a look-up has to make, a provider for example. Default: what it is. */
  named?: (what: string) => string;
}

/** How a message names what was set. */
export function nameOf({ nameOf = asArgument }: LookupContext, path: string): string {
  return nameOf(path);
}

/** The options of a call to one of the providers. */
export function through({ providers = {} }: LookupContext, name: keyof Providers): pulumi.InvokeOptions {
  const provider = providers[name];
  return provider ? { provider } : {};
}

/** The explicit providers that a component with these options has for its children. */
export function providersOf(opts: pulumi.ComponentResourceOptions): Providers {
  const { parent, provider, providers = [] } = opts;
  const own = [...(Array.isArray(providers) ? providers : Object.values(providers)), ...(provider ? [provider] : [])];
  return Object.fromEntries(
    packages.flatMap((name) => {
      const found = own.find((one) => packageOf(one) === name) ?? parent?.getProvider(`${name}:index:any`);
      return found ? [[name, found]] : [];
    }),
  );
}

/** Pulumi's declarations leave out the method that tells it. */
function packageOf(provider: pulumi.ProviderResource): unknown {
  return "getPackage" in provider && typeof provider.getPackage === "function" ? provider.getPackage() : undefined;
}
