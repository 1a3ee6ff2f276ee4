/**
 * A project's page, for example `https://dev.azure.com/contoso/mlops`: its API and its repositories are below it.
 *
 * @param organizationUrl with or without a slash at its end
 * @param project its name or its id
 */
export function projectUrlOf(organizationUrl: string, project: string): string {
  return `${organizationUrl.replace(/\/+$/, "")}/${encodeURIComponent(project)}`;
}
