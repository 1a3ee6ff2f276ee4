/**
 * A refusal, as Azure DevOps words it. The body has the service's form, which its clients unwrap: they show `message`
 * and branch on the status and on `typeKey`.
 */
export class ServiceError extends Error {
  /**
   * @param statusCode HTTP status.
   * @param typeName The service's exception type with its assembly, as in the body of its answers.
   * @param message What a person is shown.
   */
  constructor(
    readonly statusCode: number,
    readonly typeName: string,
    message: string,
  ) {
    super(message);
  }

  /** The JSON body of the answer. */
  get body() {
    const [type = this.typeName] = this.typeName.split(",");
    return {
      $id: "1",
      innerException: null,
      message: this.message,
      typeName: this.typeName,
      typeKey: type.slice(type.lastIndexOf(".") + 1),
      errorCode: 0,
      eventId: 3000,
    };
  }
}

const framework = "Microsoft.TeamFoundation.Framework.Server";
const webApi = "Microsoft.VisualStudio.Services.WebApi";

/**
 * No credentials, or ones that the service does not know.
 *
 * @param user object id of one whom Microsoft Entra knows, and who is no user of the organization
 */
export function unauthorized(user = ""): ServiceError {
  return new ServiceError(
    401,
    `${framework}.UnauthorizedRequestException, ${framework}`,
    `TF400813: The user '${user}' is not authorized to access this resource.`,
  );
}

/** Credentials that are known and may not do what was asked for. */
export function permissionNeeded(message: string): ServiceError {
  return new ServiceError(403, `Microsoft.VisualStudio.Services.Security.AccessCheckException, ${webApi}`, message);
}

/** The same of a repository: https://learn.microsoft.com/azure/devops/repos/git/set-git-repository-permissions */
export function gitPermissionNeeded(permission: string, identity: string): ServiceError {
  return new ServiceError(
    403,
    "Microsoft.TeamFoundation.Git.Server.GitNeedsPermissionException, Microsoft.TeamFoundation.Git.Server",
    `TF401027: You need the Git '${permission}' permission to perform this action. Details: identity '${identity}', scope 'repository'.`,
  );
}

/**
 * The same of a pipeline (https://github.com/microsoft/terraform-provider-azuredevops/issues/1040).
 *
 * @param id none for one that is to be made
 */
export function pipelinePermissionNeeded(
  identity: string,
  permission: string,
  id: string | undefined,
  project: string,
): ServiceError {
  return new ServiceError(
    403,
    "Microsoft.TeamFoundation.Build.WebApi.AccessDeniedException, Microsoft.TeamFoundation.Build2.WebApi",
    `TF215106: Access denied. ${identity} needs ${permission} permissions for ${id === undefined ? "" : `build pipeline ${id} in `}` +
      `team project ${project} to perform the action. For more information, contact the Azure DevOps administrator.`,
  );
}

/** Every request but a read has to say which version of the API it speaks. */
export function versionNotSupplied(method: string): ServiceError {
  return new ServiceError(
    400,
    `${webApi}.VssVersionNotSpecifiedException, ${webApi}`,
    `No api-version was supplied for the "${method}" request. The version must be supplied either as part of the ` +
      'Accept header (e.g. "application/json; api-version=1.0") or as a query parameter (e.g. "?api-version=1.0").',
  );
}

export function versionOutOfRange(version: string, latest: string): ServiceError {
  return new ServiceError(
    400,
    `${webApi}.VssVersionOutOfRangeException, ${webApi}`,
    `The requested REST API version of ${version} is out of range for this server. ` +
      `The latest REST API version this server supports is ${latest}.`,
  );
}

/** A request that makes no sense: a missing value, a wrong type, a name outside the rules. */
export function invalidArgument(message: string): ServiceError {
  return new ServiceError(400, "System.ArgumentException, mscorlib", message);
}

/** @param nameOrId As it stood in the request: the service words the two differently. */
export function projectNotFound(nameOrId: string): ServiceError {
  const server = "Microsoft.TeamFoundation.Core.WebApi";
  return isGuid(nameOrId)
    ? new ServiceError(
        404,
        `${server}.ProjectDoesNotExistException, ${server}`,
        `VS800075: The project with id 'vstfs:///Classification/TeamProject/${nameOrId}' does not exist, ` +
          "or you do not have permission to access it.",
      )
    : new ServiceError(
        404,
        `${server}.ProjectDoesNotExistWithNameException, ${server}`,
        `TF200016: The following project does not exist: ${nameOrId}. Verify that the name of the project is ` +
          "correct and that the project exists on the specified Azure DevOps Server.",
      );
}

/** An API that this emulation lacks, or a path that Azure DevOps lacks too. */
export function unknownApi(method: string, path: string): ServiceError {
  return new ServiceError(
    404,
    "System.Web.Http.HttpRouteNotFoundException, System.Web.Http",
    `The local Azure DevOps has no API at ${method} ${path}.`,
  );
}

export function isGuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
