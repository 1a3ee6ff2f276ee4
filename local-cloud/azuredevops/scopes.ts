/** What an access token needs to be asked with, of some part of the API: one of the scopes, or one that includes it. */
interface Rule {
  path: RegExp;
  /** Default: every method that no rule before it has. */
  methods?: string[];
  scopes: string[];
}

const reads = ["GET", "HEAD"];

/**
 * The scopes of the APIs that are served here, as their reference has them under "Security", which is made from
 * https://github.com/MicrosoftDocs/vsts-rest-api-specs (read as of May 2026, version 7.1). Of operations it names none;
 * they are asked for with what begins them. The first rule that matches counts.
 */
const rules: Rule[] = [
  { path: /\/pipelines\/pipelinepermissions(?:\/|$)/, methods: reads, scopes: ["vso.build"] },
  { path: /\/pipelines\/pipelinepermissions(?:\/|$)/, scopes: ["vso.pipelineresources_manage"] },
  { path: /\/pipelines\/checks\/configurations(?:\/|$)/, methods: reads, scopes: ["vso.build"] },
  // With vso.build_execute beside it: whoever has no pipelines has nothing to protect.
  { path: /\/pipelines\/checks\/configurations(?:\/|$)/, scopes: ["vso.pipelineresources_manage"] },
  { path: /\/_apis\/pipelines\/environments(?:\/|$)/, scopes: ["vso.environment_manage"] },
  { path: /\/_apis\/build\/generalsettings$/, methods: reads, scopes: ["vso.project"] },
  { path: /\/_apis\/build\/generalsettings$/, scopes: ["vso.project_write"] },
  ...pair(/\/_apis\/(?:build|pipelines)(?:\/|$)/, "vso.build", "vso.build_execute"),
  { path: /\/_git\/[^/]+\/git-receive-pack$/, scopes: ["vso.code_write"] },
  { path: /\/_git\/[^/]+\/git-upload-pack$/, scopes: ["vso.code"] },
  ...pair(/\/_apis\/git\/repositories(?:\/[^/]+)?$/, "vso.code", "vso.code_manage"),
  { path: /\/pullrequests\/[^/]+\/threads(?:\/|$)/, methods: reads, scopes: ["vso.code", "vso.threads_full"] },
  { path: /\/pullrequests\/[^/]+\/threads(?:\/|$)/, scopes: ["vso.code_write", "vso.threads_full"] },
  ...pair(/\/_apis\/(?:git|policy)(?:\/|$)/, "vso.code", "vso.code_write"),
  ...pair(/\/_apis\/serviceendpoint(?:\/|$)/, "vso.serviceendpoint", "vso.serviceendpoint_manage"),
  ...pair(/\/_apis\/distributedtask\/variablegroups(?:\/|$)/, "vso.variablegroups_read", "vso.variablegroups_manage"),
  ...pair(/\/_apis\/distributedtask\/(?:pools|queues)(?:\/|$)/, "vso.agentpools", "vso.agentpools_manage"),
  ...pair(/\/_apis\/test(?:\/|$)/, "vso.test", "vso.test_write"),
  { path: /\/_apis\/accesscontrolentries(?:\/|$)/, scopes: ["vso.security_manage"] },
  { path: /\/_apis\/process(?:\/|$)/, scopes: ["vso.work"] },
  { path: /\/_apis\/projects(?:\/|$)/, methods: ["PATCH"], scopes: ["vso.project_write"] },
  ...pair(/\/_apis\/(?:projects|operations)(?:\/|$)/, "vso.project", "vso.project_manage"),
];

function pair(path: RegExp, read: string, write: string): Rule[] {
  return [
    { path, methods: reads, scopes: [read] },
    { path, scopes: [write] },
  ];
}

/**
 * Scopes of one thing, each of which includes those before it ("Inherits from" in
 * https://learn.microsoft.com/azure/devops/integrate/get-started/authentication/oauth#available-scopes).
 */
const ladders = [
  ["vso.agentpools", "vso.agentpools_manage", "vso.environment_manage"],
  ["vso.build", "vso.build_execute"],
  ["vso.code", "vso.code_write", "vso.code_manage", "vso.code_full"],
  ["vso.pipelineresources_use", "vso.pipelineresources_manage"],
  ["vso.project", "vso.project_write", "vso.project_manage"],
  ["vso.serviceendpoint", "vso.serviceendpoint_query", "vso.serviceendpoint_manage"],
  ["vso.test", "vso.test_write"],
  ["vso.variablegroups_read", "vso.variablegroups_write", "vso.variablegroups_manage"],
  ["vso.work", "vso.work_write", "vso.work_full"],
];

/** Whether a token with these scopes may make a request. Who one is, and where APIs are, every token may ask. */
export function isInScope(given: readonly string[], method: string, path: string): boolean {
  const found = rules.find((each) => each.path.test(path.toLowerCase()) && (each.methods?.includes(method) ?? true));
  if (found === undefined || method === "OPTIONS") return true;
  return found.scopes.some((needed) => including(needed).some((scope) => given.includes(scope)));
}

function including(scope: string): string[] {
  const ladder = ladders.find((each) => each.includes(scope)) ?? [scope];
  return ladder.slice(ladder.indexOf(scope));
}
