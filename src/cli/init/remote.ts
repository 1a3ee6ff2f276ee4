/** Where a Git remote is, if that is a place that Azure Pipelines knows. */
export type Remote =
  | {
      kind: "azureRepos";
      /** For example `https://dev.azure.com/contoso`. */
      organizationUrl: string;
      project: string;
      /** Name of the repository. */
      name: string;
    }
  | {
      kind: "gitHub";
      /** `owner/name`. */
      name: string;
    };

/** Each form of a remote's URL: https://learn.microsoft.com/azure/devops/repos/git/use-ssh-keys-to-authenticate */
const azureForms = [
  // https://contoso@dev.azure.com/contoso/project/_git/repository
  /^https:\/\/(?:[^@/]+@)?dev\.azure\.com\/(?<organization>[^/]+)\/(?:(?<project>[^/]+)\/)?_git\/(?<name>[^/]+)$/,
  // git@ssh.dev.azure.com:v3/contoso/project/repository
  /^(?:ssh:\/\/)?[^@/]+@ssh\.dev\.azure\.com[:/]v3\/(?<organization>[^/]+)\/(?<project>[^/]+)\/(?<name>[^/]+)$/,
  // contoso@vs-ssh.visualstudio.com:v3/contoso/project/repository
  /^(?:ssh:\/\/)?[^@/]+@vs-ssh\.visualstudio\.com[:/]v3\/(?<organization>[^/]+)\/(?<project>[^/]+)\/(?<name>[^/]+)$/,
  // https://contoso.visualstudio.com/DefaultCollection/project/_git/repository
  /^https:\/\/(?:[^@/]+@)?(?<organization>[^./]+)\.visualstudio\.com\/(?:DefaultCollection\/)?(?:(?<project>[^/]+)\/)?_git\/(?<name>[^/]+)$/i,
];

/** A server of one's own: https://server/collection/project/_git/repository */
const serverForm = /^(?<url>https?:\/\/[^/]+(?:\/[^/]+)*?)\/(?<project>[^/]+)\/_git\/(?<name>[^/]+)$/;

const gitHubForm = /^(?:https:\/\/(?:[^@/]+@)?github\.com\/|(?:ssh:\/\/)?git@github\.com[:/])(?<name>[^/]+\/[^/]+)$/;

/** Reads a remote's URL. Undefined if it leads to none of the places that have Azure's or GitHub's forms. */
export function readRemote(url: string): Remote | undefined {
  const trimmed = url.trim().replace(/\/+$/, "");
  const github = gitHubForm.exec(trimmed.replace(/\.git$/, ""))?.groups?.name;
  if (github !== undefined) return { kind: "gitHub", name: github };
  for (const form of azureForms) {
    const { organization, project, name } = form.exec(trimmed)?.groups ?? {};
    if (organization === undefined || name === undefined) continue;
    // The repository that has its project's name is addressed without the project.
    return azureRepos(`https://dev.azure.com/${organization}`, project ?? name, name);
  }
  const { url: organizationUrl, project, name } = serverForm.exec(trimmed)?.groups ?? {};
  if (organizationUrl === undefined || project === undefined || name === undefined) return undefined;
  return azureRepos(organizationUrl.replace(/\/\/[^@/]+@/, "//"), project, name);
}

function azureRepos(organizationUrl: string, project: string, name: string): Remote {
  return { kind: "azureRepos", organizationUrl, project: decoded(project), name: decoded(name) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
