/** A request path (or a resource id) taken apart. Casing is the caller's. */
export interface ArmPath {
  subscription: string;
  resourceGroup?: string;
  /** What comes after the last `/providers/`, absent for subscriptions and resource groups themselves. */
  provider?: {
    /** For example `Microsoft.ContainerRegistry`. */
    namespace: string;
    /** Types below the namespace, for example `registries`, or `userAssignedIdentities/federatedIdentityCredentials`. */
    type: string;
    /** One name a type; one fewer when the path means the collection. */
    names: string[];
  };
  /** What comes before the last `/providers/`: the id of the subscription, resource group or resource. */
  scope: string;
  /** Whether the path ends in a name; otherwise it means a collection. */
  isItem: boolean;
}

/**
 * Takes a Resource Manager path apart; undefined if it is none. Empty segments are skipped, as Resource Manager does
 * (a `parentResourcePath` is often empty).
 */
export function parseArmPath(path: string): ArmPath | undefined {
  const segments = path.split("/").filter((segment) => segment !== "");
  const at = (index: number) => segments[index] ?? "";
  if (at(0).toLowerCase() !== "subscriptions" || at(1) === "") return undefined;

  const inGroups = at(2).toLowerCase() === "resourcegroups";
  const group = inGroups && at(3) !== "" ? { resourceGroup: at(3) } : {};
  const base = { subscription: at(1), ...group };
  const providers = segments.findLastIndex((segment) => segment.toLowerCase() === "providers");
  if (providers === -1) {
    if (segments.length > (inGroups ? 4 : 2)) return undefined;
    const isCollection = inGroups && at(3) === "";
    return { ...base, scope: join(isCollection ? segments.slice(0, 2) : segments), isItem: !isCollection };
  }

  const rest = segments.slice(providers + 2);
  const types = rest.filter((_, index) => index % 2 === 0);
  const names = rest.filter((_, index) => index % 2 === 1);
  if (at(providers + 1) === "" || types.length === 0) return undefined;
  return {
    ...base,
    provider: { namespace: at(providers + 1), type: types.join("/"), names },
    scope: join(segments.slice(0, providers)),
    isItem: names.length === types.length,
  };
}

function join(segments: string[]): string {
  return `/${segments.join("/")}`;
}
