/** What an access token needs to be asked with, of some part of the API. */
interface Rule {
  path: RegExp;
  read: string;
  write: string;
}

/**
 * The scopes of the APIs that are served here, as their reference has them under "Security":
 * https://learn.microsoft.com/rest/api/azure/devops/. The first rule that matches counts.
 */
const rules: Rule[] = [
  { path: /\/pipelines\/pipelinepermissions(?:\/|$)/, ...rule("vso.pipelineresources", "_use", "_manage") },
  { path: /\/_apis\/pipelines\/environments(?:\/|$)/, ...rule("vso.environment", "_manage", "_manage") },
  { path: /\/_apis\/(?:build|pipelines)(?:\/|$)/, ...rule("vso.build", "", "_execute") },
  { path: /\/_apis\/git\/repositories(?:\/[^/]+)?$/, ...rule("vso.code", "", "_manage") },
  { path: /\/_apis\/(?:git|policy)(?:\/|$)/, ...rule("vso.code", "", "_write") },
  { path: /\/_apis\/serviceendpoint(?:\/|$)/, ...rule("vso.serviceendpoint", "", "_manage") },
  { path: /\/_apis\/distributedtask\/variablegroups(?:\/|$)/, ...rule("vso.variablegroups", "_read", "_manage") },
  { path: /\/_apis\/distributedtask\/(?:pools|queues)(?:\/|$)/, ...rule("vso.agentpools", "", "_manage") },
  { path: /\/_apis\/test(?:\/|$)/, ...rule("vso.test", "", "_write") },
  { path: /\/_apis\/(?:projects|process|operations)(?:\/|$)/, ...rule("vso.project", "", "_manage") },
];

function rule(area: string, read: string, write: string) {
  return { read: area + read, write: area + write };
}

/** Scopes of one thing, each of which includes those before it. */
const ladders = [
  ["vso.agentpools", "vso.agentpools_manage", "vso.environment_manage"],
  ["vso.build", "vso.build_execute"],
  ["vso.code", "vso.code_write", "vso.code_manage"],
  ["vso.pipelineresources_use", "vso.pipelineresources_manage"],
  ["vso.project", "vso.project_write", "vso.project_manage"],
  ["vso.serviceendpoint", "vso.serviceendpoint_query", "vso.serviceendpoint_manage"],
  ["vso.test", "vso.test_write"],
  ["vso.variablegroups_read", "vso.variablegroups_write", "vso.variablegroups_manage"],
];

/** Whether a token with these scopes may make a request. Who one is, and where APIs are, every token may ask. */
export function isInScope(scopes: readonly string[], method: string, path: string): boolean {
  const found = rules.find((each) => each.path.test(path.toLowerCase()));
  if (found === undefined || method === "OPTIONS") return true;
  const needed = method === "GET" || method === "HEAD" ? found.read : found.write;
  const ladder = ladders.find((each) => each.includes(needed)) ?? [needed];
  return ladder.slice(ladder.indexOf(needed)).some((scope) => scopes.includes(scope));
}
