/**
 * A stack's name as Pulumi's commands take it: of the login's default organization, or with the organization and a `/`
 * before it. Its settings' file and its tags have it without.
 *
 * Source: `parseStackName` in github.com/pulumi/pulumi/pkg/v3/backend/httpstate.
 */
export function splitStackName(name: string): { organization: string | undefined; stack: string } {
  const at = name.lastIndexOf("/");
  return at < 0
    ? { organization: undefined, stack: name }
    : { organization: name.slice(0, at), stack: name.slice(at + 1) };
}

/** The name of a stack in an organization, or in the login's default one. */
export function joinStackName(organization: string | undefined, stack: string): string {
  return organization === undefined ? stack : `${organization}/${stack}`;
}
