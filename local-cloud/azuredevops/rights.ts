import { gitPermissionNeeded, permissionNeeded, pipelinePermissionNeeded, type ServiceError } from "./common/errors";
import type { Member, Right } from "./members";

interface Rule {
  path: RegExp;
  /** Default: every method that no rule before it has. */
  methods?: string[];
  right: Right;
  refuse: (who: string, path: string) => ServiceError;
}

/** What changes of which part of the API take, and how it is refused without. The first rule that matches counts. */
const rules: Rule[] = [
  {
    path: /\/_git\/[^/]+\/git-receive-pack$|\/_apis\/git\/repositories\/[^/]+\/(?:pushes|refs)$/,
    right: "contribute",
    refuse: (who) => gitPermissionNeeded("GenericContribute", who),
  },
  {
    path: /\/_apis\/git\/repositories\/[^/]+\/pullrequests\/[^/]+\/threads(?:\/|$)/,
    methods: ["POST", "PATCH"],
    right: "contribute to pull requests",
    refuse: (who) => gitPermissionNeeded("PullRequestContribute", who),
  },
  {
    path: /\/_apis\/policy\/evaluations(?:\/|$)/,
    right: "contribute to pull requests",
    refuse: (who) => gitPermissionNeeded("PullRequestContribute", who),
  },
  {
    path: /\/_apis\/policy(?:\/|$)/,
    right: "edit policies",
    refuse: (who) => gitPermissionNeeded("EditPolicies", who),
  },
  {
    path: /\/_apis\/serviceendpoint\/endpoints$/,
    methods: ["POST"],
    right: "administer service connections",
    // https://github.com/microsoft/terraform-provider-azuredevops/issues/723
    refuse: () =>
      permissionNeeded(
        "You do not have permission to create a service connection. You need to be a Creator for service connections in " +
          "this project.",
      ),
  },
  {
    path: /\/_apis\/pipelines\/pipelinepermissions\/variablegroup\//,
    right: "administer variable groups",
    refuse: (who, path) => permissionNeeded(needs(who, path, "Administer")),
  },
  {
    path: /\/_apis\/(?:serviceendpoint|pipelines\/pipelinepermissions|pipelines\/checks)(?:\/|$)/,
    right: "administer service connections",
    refuse: (who, path) => permissionNeeded(needs(who, path, "Administer")),
  },
  ofPipelines("definitions", "Delete build pipeline", ["DELETE"]),
  ofPipelines("definitions", "Edit build pipeline"),
  ofPipelines("builds", "Queue builds", ["POST"]),
  ofPipelines("builds", "Manage build queue"),
  ofPipelines("retention", "Retain indefinitely"),
];

/** @param permission as https://learn.microsoft.com/azure/devops/pipelines/policies/permissions has it */
function ofPipelines(resource: string, permission: string, methods?: string[]): Rule {
  return {
    path: new RegExp(`/_apis/build/${resource}(?:/|$)`),
    ...(methods && { methods }),
    right: "administer pipelines",
    refuse: (who, path) => {
      const [, project = "", id] = /([^/]+)\/_apis\/build\/[^/]+(?:\/(\d+))?/i.exec(path) ?? [];
      return pipelinePermissionNeeded(who, permission, resource === "definitions" ? id : undefined, project);
    },
  };
}

/** A question that is too long for a URL. */
const readByPost = /\/_apis\/featuremanagement\/featurestatesquery(?:\/|$)/i;

/**
 * Makes sure that a member may do what a request does. Everybody may read.
 *
 * @param path without the query
 * @throws ServiceError in the service's words
 */
export function requireRight(member: Member, method: string, path: string): void {
  if (["GET", "HEAD", "OPTIONS"].includes(method) || readByPost.test(path)) return;
  const rule = rules.find((each) => each.path.test(path.toLowerCase()) && (each.methods?.includes(method) ?? true));
  if (rule !== undefined && member.rights.includes(rule.right)) return;
  throw rule?.refuse(member.name, path) ?? permissionNeeded(needs(member.name, path, `${method} it`));
}

function needs(who: string, resource: string, permission: string): string {
  return `Access Denied: ${who} needs the following permission(s) on the resource ${resource} to perform this action: ${permission}`;
}
