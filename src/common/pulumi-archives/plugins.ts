import azureDevOps from "@pulumi/azuredevops/package.json";
import { ownPackage } from "../package-root";

/** The version that this package is made and tested with, of the CLI. */
export function cliVersion(): string {
  return pinned("pulumi");
}

/** The resource plugins that the program uses, at the versions of their SDKs. */
export function plugins(): { name: string; version: string }[] {
  const pulumis = ["azure-native", "docker", "docker-build"];
  return [
    ...pulumis.map((name) => ({ name, version: pinned(`@pulumi/${name}`) })),
    { name: "azuredevops", version: azureDevOps.pulumi.version },
  ];
}

function pinned(name: string): string {
  const version = ownPackage().peers[name];
  if (version === undefined) throw new Error(`package.json has no peer dependency ${name}`);
  return version;
}
