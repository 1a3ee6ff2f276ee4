import { isGuid, ServiceError } from "../common/errors";
import type { Organization } from "../common/organization";
import type { Project } from "../core/state";

/** The one type of policy that is known here: a run of a pipeline has to succeed on a pull request. */
export const buildPolicyType = {
  id: "0609b952-1397-4640-95ec-e00a01b2c241",
  displayName: "Build",
  description: "This policy will require a successful build has been performed before updating protected refs.",
};

type Settings = Record<string, unknown>;

/**
 * Checks the settings of a build policy by the service's rules, and brings them into the form that is kept: unknown
 * ones are refused, so that a misspelt one does not pass for set.
 *
 * @throws ServiceError that says which setting is wrong
 */
export function checkBuildSettings(organization: Organization, project: Project, settings: Settings): Settings {
  const { scope, ...others } = settings;
  for (const [name, value] of Object.entries(others)) {
    const isValid = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (!isValid) throw malformed(`Could not find member '${name}' on the settings of a build policy.`);
    if (!isValid(value)) throw malformed(`The value ${JSON.stringify(value)} of '${name}' is not valid.`);
  }
  if (!Array.isArray(scope) || scope.length === 0) throw malformed("A policy must have at least one scope.");
  for (const item of scope) checkScope(organization, project, item);
  const definitionId = settings.buildDefinitionId;
  const exists = organization.state.definitions.some(
    ({ id, projectId }) => id === definitionId && projectId === project.id,
  );
  if (!exists) throw malformed(`The build definition with id '${definitionId ?? 0}' does not exist.`);
  return { ...defaults, ...settings };
}

const isBoolean = (value: unknown) => typeof value === "boolean";

const rules: Record<string, (value: unknown) => boolean> = {
  buildDefinitionId: Number.isInteger,
  displayName: (value) => value === null || typeof value === "string",
  manualQueueOnly: isBoolean,
  queueOnSourceUpdateOnly: isBoolean,
  /** Minutes after which a success on an older target branch no longer counts; 0 for at once, or never. */
  validDuration: (value) => typeof value === "number" && value >= 0,
  /** Paths: absolute, or with a wildcard; `!` excludes. */
  filenamePatterns: (value) =>
    value === null || (Array.isArray(value) && value.every((item) => typeof item === "string" && /^!?[/*]/.test(item))),
};

const defaults: Settings = {
  displayName: null,
  manualQueueOnly: false,
  queueOnSourceUpdateOnly: false,
  validDuration: 0,
};

/** The branches that a policy is for: by name, by the beginning of their names, or every repository's default branch. */
function checkScope(organization: Organization, project: Project, item: unknown): void {
  if (typeof item !== "object" || item === null) throw malformed(`${JSON.stringify(item)} is not a scope.`);
  const { repositoryId = null, refName = null, matchKind = null, ...unknown }: Settings = { ...item };
  const [other] = Object.keys(unknown);
  if (other !== undefined) throw malformed(`Could not find member '${other}' on a policy's scope.`);
  const kind = typeof matchKind === "string" ? matchKind.toLowerCase() : matchKind;
  if (kind === "defaultbranch") {
    if (repositoryId === null && refName === null) return;
    throw malformed("A scope of matchKind DefaultBranch can have neither a repositoryId nor a refName.");
  }
  if (kind !== "exact" && kind !== "prefix") {
    throw malformed(`The matchKind ${JSON.stringify(matchKind)} is not Exact, Prefix or DefaultBranch.`);
  }
  if (typeof refName !== "string" || !refName.startsWith("refs/")) {
    throw malformed(
      `The refName ${JSON.stringify(refName)} is not the full name of a branch, such as refs/heads/main.`,
    );
  }
  if (repositoryId === null) return;
  const isRepository = (id: string) =>
    organization.state.repositories.some((found) => found.id === id.toLowerCase() && found.projectId === project.id);
  if (typeof repositoryId === "string" && isGuid(repositoryId) && isRepository(repositoryId)) return;
  throw malformed(`The repository ${JSON.stringify(repositoryId)} does not exist in project ${project.name}.`);
}

function malformed(reason: string): ServiceError {
  const webApi = "Microsoft.TeamFoundation.Policy.WebApi";
  return new ServiceError(
    400,
    `${webApi}.PolicyChangeRejectedByPolicyException, ${webApi}`,
    `TF402457: The settings for this policy are not correctly formatted. Error: ${reason}`,
  );
}
