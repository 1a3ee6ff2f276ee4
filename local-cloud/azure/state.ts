import { operator, subscriptionId, tenantId } from "../cloud/identity";
import type { JsonObject } from "./json";
import { roles } from "./roles";

/** An identity that roles can be assigned to and that is no managed identity (those are resources). */
export interface ServicePrincipal {
  objectId: string;
  clientId: string;
  displayName: string;
}

/** A resource as it is kept: what was put, and what the service filled in. */
export interface ArmResource {
  /** With the casing in which it was created; compared without regard to case. */
  id: string;
  name: string;
  /** For example `Microsoft.ContainerRegistry/registries`. */
  type: string;
  /** Without spaces, lower case. Absent on child resources that have none. */
  location?: string;
  tags?: JsonObject;
  sku?: JsonObject;
  identity?: JsonObject;
  kind?: string;
  properties: JsonObject;
  systemData: SystemData;
}

/** Who made and who changed a resource last, and when (ISO 8601). */
export interface SystemData {
  createdBy: string;
  createdByType: "Application";
  createdAt: string;
  lastModifiedBy: string;
  lastModifiedByType: "Application";
  lastModifiedAt: string;
}

/** A role given to a principal on a scope, and on everything below it. */
export interface RoleAssignment {
  id: string;
  /** A GUID. */
  name: string;
  /** Id of a subscription, a resource group or a resource. */
  scope: string;
  /** Name (GUID) of a built-in role. */
  role: string;
  principalId: string;
  principalType: "ServicePrincipal";
  description?: string;
  condition?: string;
  conditionVersion?: string;
  createdBy: string;
  createdOn: string;
  updatedBy: string;
  updatedOn: string;
}

/** Everything that the local cloud's Azure knows. */
export interface AzureState {
  tenantId: string;
  subscription: { subscriptionId: string; displayName: string };
  servicePrincipals: ServicePrincipal[];
  /** Resource groups and resources, by their id in lower case. */
  resources: Record<string, ArmResource>;
  roleAssignments: RoleAssignment[];
}

/** What the operator has on the subscription: it owns it, which in the newer permission mode says nothing of images. */
const operatorRoles = [
  { name: "c0ffee00-0000-4000-8000-000000000001", role: roles.owner.name },
  { name: "c0ffee00-0000-4000-8000-000000000002", role: roles.repositoryContributor.name },
];

/** A new subscription: no resources, and one service principal (the one that runs Pulumi) that owns it. */
export function seedState(): AzureState {
  const scope = `/subscriptions/${subscriptionId}`;
  const now = new Date().toISOString();
  return {
    tenantId,
    subscription: { subscriptionId, displayName: "Local cloud" },
    servicePrincipals: [{ objectId: operator.objectId, clientId: operator.clientId, displayName: "Operator" }],
    resources: {},
    roleAssignments: operatorRoles.map(({ name, role }) => ({
      id: `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`,
      name,
      scope,
      role,
      principalId: operator.objectId,
      principalType: "ServicePrincipal",
      createdBy: operator.objectId,
      createdOn: now,
      updatedBy: operator.objectId,
      updatedOn: now,
    })),
  };
}

/** The resource or resource group of that id, if there is one. */
export function findResource(state: AzureState, id: string): ArmResource | undefined {
  return state.resources[id.toLowerCase()];
}

/** All resources of a type, for example `Microsoft.ContainerRegistry/registries`. */
export function resourcesOfType(state: AzureState, type: string): ArmResource[] {
  return Object.values(state.resources).filter((resource) => resource.type === type);
}

/** Whether `id` is `scope` or lies below it. */
export function isWithin(id: string, scope: string): boolean {
  const [lowId, lowScope] = [id.toLowerCase(), scope.toLowerCase()];
  return lowId === lowScope || lowId.startsWith(`${lowScope}/`);
}
