import * as pulumi from "@pulumi/pulumi";
import { joinStackName, splitStackName } from "../rules/stack-names";

/** What Pulumi calls the one organization of all state that is not in Pulumi Cloud. */
const noOrganization = "organization";

/**
 * The name of a stack of this project and organization by which others find it too, whose login begins in another
 * organization: in Pulumi Cloud with the organization before it.
 *
 * @param name one that says its organization already stays as it is
 */
export function inOwnOrganization(name: string): string {
  const own = pulumi.getOrganization();
  if (own === noOrganization || splitStackName(name).organization !== undefined) return name;
  return joinStackName(own, name);
}
