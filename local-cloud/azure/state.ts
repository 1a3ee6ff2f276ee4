import * as z from "zod";
import { deployer, operator, otherSubscriptionId, previewer, subscriptionId, tenantId } from "../cloud/identity";
import { jsonObjectForm } from "./json";
import { roles } from "./roles";

/** An identity that roles can be assigned to and that is no managed identity (those are resources). */
const servicePrincipalForm = z.strictObject({ objectId: z.string(), clientId: z.string(), displayName: z.string() });

/** Who made and who changed a resource last, and when (ISO 8601). */
const systemDataForm = z.strictObject({
  createdBy: z.string(),
  createdByType: z.literal("Application"),
  createdAt: z.string(),
  lastModifiedBy: z.string(),
  lastModifiedByType: z.literal("Application"),
  lastModifiedAt: z.string(),
});

export type SystemData = z.output<typeof systemDataForm>;

/** A resource as it is kept: what was put, and what the service filled in. */
const armResourceForm = z.strictObject({
  /** With the casing in which it was created; compared without regard to case. */
  id: z.string(),
  name: z.string(),
  /** For example `Microsoft.ContainerRegistry/registries`. */
  type: z.string(),
  /** Without spaces, lower case. Absent on child resources that have none. */
  location: z.string().optional(),
  tags: jsonObjectForm.optional(),
  sku: jsonObjectForm.optional(),
  identity: jsonObjectForm.optional(),
  kind: z.string().optional(),
  properties: jsonObjectForm,
  systemData: systemDataForm,
});

export type ArmResource = z.output<typeof armResourceForm>;

/** A role given to a principal on a scope, and on everything below it. */
const roleAssignmentForm = z.strictObject({
  id: z.string(),
  /** A GUID. */
  name: z.string(),
  /** Id of a subscription, a resource group or a resource. */
  scope: z.string(),
  /** Name (GUID) of a built-in role. */
  role: z.string(),
  principalId: z.string(),
  principalType: z.literal("ServicePrincipal"),
  description: z.string().optional(),
  condition: z.string().optional(),
  conditionVersion: z.string().optional(),
  createdBy: z.string(),
  createdOn: z.string(),
  updatedBy: z.string(),
  updatedOn: z.string(),
});

export type RoleAssignment = z.output<typeof roleAssignmentForm>;

/** The subscriptions of the local cloud, and what people call them. */
export const subscriptions = [
  { subscriptionId, displayName: "Local cloud" },
  { subscriptionId: otherSubscriptionId, displayName: "Local cloud, another team's" },
];

/** Whose tokens an application takes for its own: Microsoft Graph's federated identity credential. */
const applicationCredentialForm = z.strictObject({
  id: z.string(),
  /** Client id of the application. */
  appId: z.string(),
  name: z.string(),
  issuer: z.string(),
  subject: z.string(),
  audiences: z.array(z.string()),
  /** ISO 8601. */
  createdAt: z.string(),
});

/** Everything that the local cloud's Azure knows. */
export const azureForm = z.strictObject({
  tenantId: z.string(),
  servicePrincipals: z.array(servicePrincipalForm),
  /** A local cloud of a version before has none. */
  applicationCredentials: z.array(applicationCredentialForm).default([]),
  /** Resource groups and resources, by their id in lower case. */
  resources: z.record(z.string(), armResourceForm),
  roleAssignments: z.array(roleAssignmentForm),
});

export type AzureState = z.output<typeof azureForm>;

/**
 * What the service principals have on the subscriptions: the operator owns both, which in the newer permission mode says
 * nothing of images. The others have what docs/permissions.md and docs/pull-requests.md say, on the first.
 */
const grants = [
  { on: subscriptionId, to: operator, role: roles.owner },
  { on: subscriptionId, to: operator, role: roles.repositoryContributor },
  { on: otherSubscriptionId, to: operator, role: roles.owner },
  { on: otherSubscriptionId, to: operator, role: roles.repositoryContributor },
  { on: subscriptionId, to: deployer, role: roles.contributor },
  { on: subscriptionId, to: deployer, role: roles.accessAdministrator },
  { on: subscriptionId, to: deployer, role: roles.repositoryContributor },
  { on: subscriptionId, to: previewer, role: roles.reader },
];

/** New subscriptions: no resources, and the service principals with their roles. */
export function seedSubscriptions(): AzureState {
  const now = new Date().toISOString();
  return {
    tenantId,
    servicePrincipals: [operator, deployer, previewer].map(({ name, ...ids }) => ({ ...ids, displayName: name })),
    applicationCredentials: [],
    resources: {},
    roleAssignments: grants.map(({ on, to, role }, index) => {
      const name = `c0ffee00-0000-4000-8000-${String(index + 1).padStart(12, "0")}`;
      return {
        id: `/subscriptions/${on}/providers/Microsoft.Authorization/roleAssignments/${name}`,
        name,
        scope: `/subscriptions/${on}`,
        role: role.name,
        principalId: to.objectId,
        principalType: "ServicePrincipal",
        createdBy: operator.objectId,
        createdOn: now,
        updatedBy: operator.objectId,
        updatedOn: now,
      };
    }),
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

/**
 * Whether what was made or changed at a time is known by now where it is used.
 *
 * @param since ISO 8601.
 * @param lateness milliseconds that it takes.
 */
export function isKnown(since: string, lateness: number): boolean {
  return Date.parse(since) + lateness <= Date.now();
}

/** Whether `id` is `scope` or lies below it. */
export function isWithin(id: string, scope: string): boolean {
  const [lowId, lowScope] = [id.toLowerCase(), scope.toLowerCase()];
  return lowId === lowScope || lowId.startsWith(`${lowScope}/`);
}
