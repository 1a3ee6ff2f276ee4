import { mayManage } from "./authorization";
import { handleDeployment } from "./deployments";
import { ArmError, notEmulated, subscriptionNotFound } from "./errors";
import { stringOf } from "./json";
import { type ArmPath, parseArmPath } from "./paths";
import {
  type Arm,
  type ArmAnswer,
  type ArmRequest,
  checkApiVersion,
  methodNotAllowed,
  requirePermission,
} from "./request";
import { handleResourceGroup } from "./resource-groups";
import { alreadyInUse, isTaken, registries, registryNameProblem } from "./resource-types/registries";
import { handleResource } from "./resources";
import { handleRoleAssignment } from "./role-assignments";
import { handleRoleDefinition } from "./role-definitions";
import { resourcesOfType, subscriptions } from "./state";

/**
 * Azure Resource Manager: finds who answers a request.
 *
 * @throws ArmError what Azure would refuse, and 501 for what the local cloud does not emulate.
 */
export async function handleArm(arm: Arm, request: ArmRequest): Promise<ArmAnswer> {
  if (/^\/subscriptions\/?$/i.test(request.path)) return listSubscriptions(arm, request);
  const path = parseArmPath(request.path);
  if (path === undefined) throw notEmulated(`'${request.method} ${request.path}'`);
  const subscription = subscriptions.find((known) => known.subscriptionId === path.subscription.toLowerCase());
  if (subscription === undefined) throw subscriptionNotFound(path.subscription);
  if (path.provider === undefined) {
    const isSubscription = path.resourceGroup === undefined && path.isItem;
    return isSubscription
      ? readSubscription(arm, request, path, subscription)
      : handleResourceGroup(arm, request, path);
  }
  switch (`${path.provider.namespace}/${path.provider.type}`.toLowerCase()) {
    case "microsoft.authorization/roleassignments":
      return handleRoleAssignment(arm, request, path);
    case "microsoft.authorization/roledefinitions":
      return handleRoleDefinition(arm, request, path);
    case "microsoft.resources/deployments":
      return handleDeployment(arm, request, path);
    case "microsoft.containerregistry/checknameavailability":
      return checkNameAvailability(arm, request, path);
    default:
      return handleResource(arm, request, path);
  }
}

const readsSubscriptions = "Microsoft.Resources/subscriptions/read";

/** Those that the caller may read. */
function listSubscriptions(arm: Arm, { method, caller }: ArmRequest): ArmAnswer {
  if (method !== "GET") throw methodNotAllowed(method);
  const isSeen = ({ subscriptionId }: Subscription) =>
    mayManage(arm.state, caller.objectId, `/subscriptions/${subscriptionId}`, readsSubscriptions);
  return { status: 200, body: { value: subscriptions.filter(isSeen).map((each) => showSubscription(arm, each)) } };
}

function readSubscription(arm: Arm, request: ArmRequest, path: ArmPath, subscription: Subscription): ArmAnswer {
  if (request.method !== "GET") throw methodNotAllowed(request.method);
  requirePermission(arm, request, path.scope, readsSubscriptions);
  return { status: 200, body: showSubscription(arm, subscription) };
}

type Subscription = (typeof subscriptions)[number];

function showSubscription({ state }: Arm, { subscriptionId, displayName }: Subscription) {
  return {
    id: `/subscriptions/${subscriptionId}`,
    subscriptionId,
    displayName,
    tenantId: state.tenantId,
    state: "Enabled",
    authorizationSource: "RoleBased",
  };
}

function checkNameAvailability(arm: Arm, request: ArmRequest, path: ArmPath): ArmAnswer {
  checkApiVersion(request.apiVersion, registries.apiVersions, registries.type);
  if (request.method !== "POST") throw methodNotAllowed(request.method);
  requirePermission(arm, request, path.scope, "Microsoft.ContainerRegistry/checkNameAvailability/read");
  const name = stringOf(request.body.name);
  if (name === undefined || request.body.type !== registries.type) {
    throw new ArmError(400, "InvalidRequestBody", `The request needs a 'name', and the 'type' '${registries.type}'.`);
  }
  const problem = registryNameProblem(name);
  if (problem !== undefined) {
    return { status: 200, body: { nameAvailable: false, reason: "Invalid", message: problem } };
  }
  return isTaken(resourcesOfType(arm.state, registries.type), name)
    ? { status: 200, body: { nameAvailable: false, reason: "AlreadyExists", message: alreadyInUse(name) } }
    : { status: 200, body: { nameAvailable: true } };
}
