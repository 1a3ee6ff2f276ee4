import type { WebApi } from "azure-devops-node-api";
import type { ServiceEndpoint } from "azure-devops-node-api/interfaces/ServiceEndpointInterfaces";
import type { VariableGroup } from "azure-devops-node-api/interfaces/TaskAgentInterfaces";
import * as z from "zod";
import { UserError } from "../../common/errors";
import { azureDevOps, explained } from "../azure-devops";
import type { Context } from "../env/context";
import type { EnvironmentStack } from "../env/stacks";
import { nameInUrn, readState, type State, type StateResource } from "../env/state";
import { checkInputs, checkType, connectionNeeds, connectionType } from "./azure-devops";

/** Pulumi's type of the permission of a pipeline to use a resource. */
const permissionType = "azuredevops:index/pipelineAuthorization:PipelineAuthorization";

/** What a permission or a check is on. */
interface Protected {
  project: string;
  type: string;
  id: string;
}

const permissionInputs = z.object({ projectId: z.string(), type: z.string(), resourceId: z.string() });
const checkedOn = checkInputs.omit({ displayName: true });

/**
 * What a stack has in its state and what is gone, where the provider can neither read nor delete it, so that a refresh
 * and a destroy fail on it: service connections, deleted by an operation that got no answer or by somebody; and
 * permissions and checks on a service connection or a variable group that is gone, the stack's own or not.
 *
 * @returns their URNs
 * @throws UserError if Azure DevOps refuses
 */
export async function goneResources({ stacks, env, say }: Context, state: State): Promise<Set<string>> {
  return explained("looking for what the stack has in Azure DevOps", connectionNeeds, async () => {
    const exists = existence(azureDevOps(stacks.base.organizationUrl, env));
    const gone = new Set<string>();
    for (const resource of state.resources) {
      const on = protectedBy(resource);
      if (on === undefined || (await exists(on))) continue;
      const { urn, type, inputs } = resource;
      const what = `The ${on.type === "variablegroup" ? "variable group" : "service connection"}`;
      say(
        type === connectionType
          ? `${what} ${inputs?.serviceEndpointName} (${on.id}) is gone: the stack forgets it.`
          : `${what} ${on.id} is gone: the stack forgets ${type.split(":").at(-1)} ${nameInUrn(urn)}, which was on it.`,
      );
      gone.add(urn);
    }
    return gone;
  });
}

/** Takes out of a stack's state what is gone as above. @throws UserError if Azure DevOps refuses */
export async function forgetGone(context: Context, stack: EnvironmentStack): Promise<void> {
  const state = await readState(stack);
  const gone = await goneResources(context, state);
  if (gone.size > 0) await state.forget(gone);
}

/** What has to be there for the provider to read a resource: itself, or what it is on. */
function protectedBy({ type, id, inputs }: StateResource): Protected | undefined {
  if (type === connectionType && id !== undefined) {
    return { project: String(inputs?.projectId), type: "endpoint", id };
  }
  if (type === permissionType) {
    const { data } = permissionInputs.safeParse(inputs);
    return data && { project: data.projectId, type: data.type, id: data.resourceId };
  }
  if (type !== checkType) return undefined;
  const { data } = checkedOn.safeParse(inputs);
  return data && { project: data.projectId, type: data.targetResourceType, id: data.targetResourceId };
}

/** Tells whether something is there. Asks for a project's service connections once. */
function existence(web: WebApi): (on: Protected) => Promise<boolean> {
  const listed = new Map<string, ServiceEndpoint[]>();
  return async ({ project, type, id }) => {
    if (type === "variablegroup") {
      // The client has null where there is none.
      const group: VariableGroup | null = await (await web.getTaskAgentApi()).getVariableGroup(project, Number(id));
      return group !== null;
    }
    if (type !== "endpoint") return true;
    const api = await web.getServiceEndpointApi();
    // The client has null where the answer is no JSON: from that nothing follows.
    const there: ServiceEndpoint[] | null = listed.get(project) ?? (await api.getServiceEndpoints(project));
    if (there === null) throw new UserError(`the service connections of ${project} cannot be read. Try again.`);
    listed.set(project, there);
    if (there.some((endpoint) => endpoint.id === id)) return true;
    // The list leaves out what this identity may not see. Asked for alone, that is refused; null is what there is not.
    const hidden: ServiceEndpoint | null = await api.getServiceEndpointDetails(project, id);
    return hidden !== null;
  };
}
