import type { Variables } from "../../agent/variables";
import type { Plan, PlanJob } from "../../pipelines/plan";
import { sameName } from "../common/naming";
import type { Organization } from "../common/organization";
import type { Definition } from "../definitions/state";
import type { ServiceEndpoint } from "../service-endpoints/state";
import { branchProblem } from "./branch-control";
import { namedGroup, variablesIn } from "./groups";
import { isPermitted } from "./permitted";

/** Inputs of the known tasks that name a service connection. */
const connectionInputs = ["containerRegistry", "azureSubscription", "connectedServiceNameARM"];

const details = "For authorization details, refer to https://aka.ms/yamlauthz.";

/** What asks for something that is protected. */
interface Asking {
  definition: Definition;
  /** The run's branch: `refs/heads/…`. */
  branch: string;
}

/**
 * The service connection that a pipeline may use under a name, on the run's branch. Azure DevOps lets a run wait for a
 * missing permission; the local one has nobody who could give it meanwhile, and the run fails.
 *
 * @param use how the run refers to it, as the beginning of a sentence
 * @throws Error in the service's words
 */
export function authorizedEndpoint(
  { state }: Organization,
  { definition, branch }: Asking,
  name: string,
  use: string,
): ServiceEndpoint {
  const { projectId } = definition;
  const endpoint = state.endpoints.find(({ projects }) =>
    projects.some((project) => project.id === projectId && sameName(project.name, name)),
  );
  if (!endpoint) {
    throw new Error(
      authorizationIssue(
        `The pipeline is not valid. ${use} references service connection ${name} which could not be found. The service ` +
          `connection does not exist, has been disabled or has not been authorized for use. ${details}`,
      ),
    );
  }
  if (!isPermitted(state, definition, "endpoint", endpoint.id)) {
    throw new Error(
      authorizationIssue(
        `Pipeline does not have permissions to use the referenced service connection(s) ${name}. ${details}`,
      ),
    );
  }
  const about = { projectId, resourceType: "endpoint", resourceId: endpoint.id };
  const problem = branchProblem(state, about, `the service connection ${name}`, branch);
  if (problem !== undefined) throw new Error(problem);
  return endpoint;
}

/**
 * Why a run may not begin: each service connection that its plan names, and each variable group of the pipeline, has to
 * be there, open to the pipeline, and open to the run's branch.
 */
export function resourceProblems(
  organization: Organization,
  asking: Asking,
  plan: Plan,
  variables: Variables,
): string[] {
  const problems = new Set<string>();
  const { state } = organization;
  const { definition, branch } = asking;
  for (const groupId of definition.variableGroupIds) {
    if (isPermitted(state, definition, "variablegroup", String(groupId))) checkBranch(groupId, String(groupId));
    else addGroup(String(groupId));
  }
  for (const name of plan.groups) {
    const group = namedGroup(organization, definition, name);
    if (group === undefined) addGroup(name);
    else checkBranch(group.id, name);
  }
  for (const stage of plan.stages) {
    for (const job of stage.jobs) {
      const known = withYamlVariables([plan, stage, job]);
      for (const { name, use } of connectionsOf(job)) {
        try {
          authorizedEndpoint(organization, asking, known.expand(name), `Job ${job.name}: ${use}`);
        } catch (error) {
          if (!(error instanceof Error)) throw error;
          problems.add(error.message);
        }
      }
    }
  }
  return [...problems];

  /** What is known before the run: the values of the definition and of who queued it, and over them the YAML's. */
  function withYamlVariables(levels: Pick<Plan, "variables">[]): Variables {
    const known = variables.copy();
    for (const variable of levels.flatMap((level) => level.variables)) {
      const set =
        "group" in variable
          ? variablesIn(namedGroup(organization, definition, variable.group)?.variables ?? {})
          : [{ ...variable, secret: false }];
      for (const { name, value, secret } of set) known.set(name, value, secret);
    }
    return known;
  }

  function checkBranch(groupId: number, name: string): void {
    const about = { projectId: definition.projectId, resourceType: "variablegroup", resourceId: String(groupId) };
    const problem = branchProblem(state, about, `the variable group ${name}`, branch);
    if (problem !== undefined) problems.add(problem);
  }

  function addGroup(group: string): void {
    problems.add(
      authorizationIssue(
        `Variable group ${group} could not be found. The variable group does not exist or has not been authorized for ` +
          `use. ${details}`,
      ),
    );
  }
}

/** The service connections that a job names, and how it refers to each. */
export function connectionsOf({ container, steps }: PlanJob): { name: string; use: string }[] {
  const pulled = container?.endpoint ? [{ name: container.endpoint, use: "Container input endpoint" }] : [];
  const inputs = steps.flatMap((step) =>
    step.kind !== "task"
      ? []
      : Object.entries(step.inputs)
          .filter(([input, value]) => value !== "" && connectionInputs.some((known) => sameName(known, input)))
          .map(([input, value]) => ({
            name: value,
            use: `Step ${step.name ?? step.task.split("@")[0]} input ${input}`,
          })),
  );
  return [...pulled, ...inputs];
}

function authorizationIssue(reason: string): string {
  return `There was a resource authorization issue: "${reason}"`;
}
