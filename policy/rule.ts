/** What every resource of some types must keep to. */
export interface Rule {
  /** Unique in the pack: what a policy configuration calls it. */
  name: string;
  /** What must be so, in one sentence. */
  description: string;
  /** Pulumi's types of the resources that it is about. */
  types: RegExp;
  /**
   * Says what is wrong with a resource and what to do, once for each thing that is.
   *
   * @param inputs the resource's inputs. Reading one that is only known after an update throws, and the rule is checked
   *   again then, before the resource is created or changed
   */
  check: (inputs: Record<string, unknown>) => Iterable<string>;
}

/**
 * Matches an Azure resource's type in any API version: azure-native's own, one of its modules by version, or a package
 * of one version.
 *
 * @param module for example `containerregistry`
 */
export function azureType(module: string, name: string): RegExp {
  return new RegExp(`^azure-native(_\\w+)?:${module}(/\\w+)?:${name}$`);
}

/** Checks each of several. One that is only known after an update does not keep the others from being checked. */
export function* checkEach<T>(items: T[], check: (item: T) => Iterable<string>): Iterable<string> {
  const notKnown: unknown[] = [];
  for (const item of items) {
    try {
      yield* check(item);
    } catch (error) {
      notKnown.push(error);
    }
  }
  if (notKnown.length > 0) throw notKnown[0];
}
