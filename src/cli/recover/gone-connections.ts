import type { ServiceEndpoint } from "azure-devops-node-api/interfaces/ServiceEndpointInterfaces";
import { UserError } from "../../common/errors";
import { azureDevOps, explained } from "../azure-devops";
import type { Context } from "../env/context";
import type { State } from "../env/state";
import { connectionNeeds, connectionType } from "./azure-devops";

/**
 * The service connections that a stack has in its state and that are gone: deleted by an operation that got no answer.
 * The provider can neither read nor delete such a one, so that a refresh and a destroy fail on it.
 *
 * @returns their URNs
 * @throws UserError if Azure DevOps refuses
 */
export async function goneConnections({ stacks, env, say }: Context, state: State): Promise<Set<string>> {
  return explained("looking for the stack's service connections", connectionNeeds, async () => {
    const api = await azureDevOps(stacks.base.organizationUrl, env).getServiceEndpointApi();
    const gone = new Set<string>();
    for (const { urn, type, id, inputs } of state.resources) {
      if (type !== connectionType || id === undefined) continue;
      const project = String(inputs?.projectId);
      // The client has null where the answer is no JSON: from that nothing follows.
      const there: ServiceEndpoint[] | null = await api.getServiceEndpoints(project);
      if (there === null) throw new UserError(`the service connections of ${project} cannot be read. Try again.`);
      if (there.some((endpoint) => endpoint.id === id)) continue;
      // The list leaves out what this identity may not see. Asked for alone, that is refused; null is what there is not.
      const hidden: ServiceEndpoint | null = await api.getServiceEndpointDetails(project, id);
      if (hidden !== null) continue;
      say(`The service connection ${inputs?.serviceEndpointName} (${id}) is gone: the stack forgets it.`);
      gone.add(urn);
    }
    return gone;
  });
}
