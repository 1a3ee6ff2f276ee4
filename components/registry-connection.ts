import { createHash } from "node:crypto";
import * as authorization from "@pulumi/azure-native/authorization";
import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as azuredevops from "@pulumi/azuredevops";
import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../src/common/errors";
import { type Transform, transformed } from "../src/pulumi/transform";
import { allowedBranches, branchControlName } from "../src/rules/branch-control";
import { requireUsualServer } from "../src/rules/login-server";
import { type ImageAccess, registryRole } from "../src/rules/roles";
import type { ConnectionScheme, PermissionMode } from "../src/rules/words";
import type { ContainerRegistry } from "./container-registry";

/** The Azure subscription and tenant that everything is in. */
export interface AzureAccount {
  subscriptionId: string;
  tenantId: string;
}

export interface RegistryConnectionArgs {
  /** Name that pipelines use. Unique in the project. */
  connectionName: string;
  /** Id of the Azure DevOps project that it belongs to. */
  projectId: pulumi.Input<string>;
  registry: ContainerRegistry;
  /** What it is for. Pushing includes pulling. */
  access: ImageAccess;
  /** The image's repository. Where the registry's permissions are by repository, it and those below it are all it gets. */
  repository: pulumi.Input<string>;
  /** Another repository that it may pull from besides, where it takes the cache of a build from. Default: none. */
  alsoPulled?: string;
  /**
   * The branches whose runs may use it, without `refs/heads/`: Azure DevOps fails those of others. It takes no notice of
   * the YAML file, which on a branch is whoever's who pushes there. Default: all.
   */
  allowedBranches?: string[];
  account: AzureAccount;
  /** Resource group that the managed identity is created in. */
  resourceGroup: pulumi.Input<string>;
  /** Default: workload identity federation. */
  scheme?: ConnectionScheme;
  /** What has to be there before anything of it is made, besides the registry. */
  after?: pulumi.Resource;
  transform?: {
    identity?: Transform<managedidentity.UserAssignedIdentityArgs>;
    serviceEndpoint?: Transform<azuredevops.ServiceEndpointAzureEcrArgs>;
    branchControl?: Transform<azuredevops.CheckBranchControlArgs>;
    federatedCredential?: Transform<managedidentity.FederatedIdentityCredentialArgs>;
    roleAssignment?: Transform<authorization.RoleAssignmentArgs>;
  };
}

/** The audience of the tokens that Microsoft Entra exchanges: https://learn.microsoft.com/entra/workload-id/workload-identity-federation */
const tokenExchangeAudience = "api://AzureADTokenExchange";

const descriptions: Record<ImageAccess, string> = {
  pull: "Pulls the job container. Managed by Pulumi.",
  push: "Pushes and pulls the job container. Managed by Pulumi.",
};

/**
 * A service connection (Azure DevOps' API calls it service endpoint) through which pipelines pull from the registry or
 * push to it, with the identity behind it and that identity's role on the registry. The option `protect` is for the
 * connection and the identity, which pipelines go by; the role and the federated credential can be made again.
 */
export class RegistryConnection extends pulumi.ComponentResource {
  /** Id of the service connection. */
  readonly id: pulumi.Output<string>;
  readonly name: pulumi.Output<string>;
  readonly projectId: pulumi.Output<string>;
  /** The raw resources. */
  readonly nodes: {
    serviceEndpoint: azuredevops.ServiceEndpointAzureEcr;
    /** There where only some branches are allowed. */
    branchControl?: azuredevops.CheckBranchControl;
    /** What workload identity federation needs besides. */
    federation?: {
      identity: managedidentity.UserAssignedIdentity;
      federatedCredential: managedidentity.FederatedIdentityCredential;
      roleAssignment: authorization.RoleAssignment;
    };
  };

  constructor(name: string, args: RegistryConnectionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:RegistryConnection", name, {}, opts);
    const parent = { parent: this };
    const { account, registry, scheme = "workloadIdentityFederation", transform } = args;
    const branches = args.allowedBranches && allowedBranches(args.allowedBranches);

    const subscriptionId = registry.otherSubscriptionId ?? account.subscriptionId;
    const identity = scheme === "workloadIdentityFederation" ? createIdentity() : undefined;
    const [endpointName, endpointArgs, endpointOpts] = serviceEndpointArgs();
    const serviceEndpoint = new azuredevops.ServiceEndpointAzureEcr(endpointName, endpointArgs, endpointOpts);
    const branchControl = branches === undefined ? undefined : createBranchControl(branches);
    const federation = identity && {
      identity,
      federatedCredential: createFederatedCredential(identity),
      roleAssignment: createRoleAssignment(identity),
    };

    this.id = serviceEndpoint.id;
    // As it was asked for, and not as it was made: what only names it need not wait for it, which takes ten seconds.
    this.name = pulumi.output(endpointArgs.serviceEndpointName);
    this.projectId = serviceEndpoint.projectId;
    this.nodes = { serviceEndpoint, ...(branchControl && { branchControl }), ...(federation && { federation }) };
    this.registerOutputs({ id: this.id, name: this.name });

    function createIdentity() {
      return new managedidentity.UserAssignedIdentity(
        ...transformed(
          transform?.identity,
          name,
          { resourceName: `id-${args.connectionName}`, resourceGroupName: args.resourceGroup },
          // Only creating a registry tells whether its name is taken: if it is, nothing else should have been made.
          { ...parent, dependsOn: args.after ? [registry, args.after] : registry },
        ),
      );
    }

    function serviceEndpointArgs() {
      return transformed<azuredevops.ServiceEndpointAzureEcrArgs>(
        transform?.serviceEndpoint,
        name,
        {
          projectId: args.projectId,
          serviceEndpointName: args.connectionName,
          description: descriptions[args.access],
          serviceEndpointAuthenticationScheme: identity ? "WorkloadIdentityFederation" : "ServicePrincipal",
          ...(identity && { credentials: { serviceprincipalid: identity.clientId } }),
          azurecrName: pulumi
            .all([registry.name, registry.loginServer, identity ? undefined : registry.permissionMode])
            .apply(([registryName, loginServer, mode]) => {
              requireUsualServer(registryName, loginServer);
              return mode ? requireHonoured(registryName, mode) : registryName;
            }),
          resourceGroup: registry.resourceGroup,
          azurecrSpnTenantid: account.tenantId,
          azurecrSubscriptionId: subscriptionId,
          // Only shown to people, and azure-native has no function that reads the subscription's display name.
          azurecrSubscriptionName: subscriptionId,
        },
        parent,
      );
    }

    function createBranchControl(branches: string) {
      return new azuredevops.CheckBranchControl(
        ...transformed<azuredevops.CheckBranchControlArgs>(
          transform?.branchControl,
          name,
          {
            projectId: args.projectId,
            displayName: branchControlName,
            targetResourceType: "endpoint",
            targetResourceId: serviceEndpoint.id,
            allowedBranches: branches,
          },
          { ...parent, protect: false },
        ),
      );
    }

    function createFederatedCredential({ name: resourceName }: managedidentity.UserAssignedIdentity) {
      return new managedidentity.FederatedIdentityCredential(
        ...transformed(
          transform?.federatedCredential,
          name,
          {
            federatedIdentityCredentialResourceName: args.connectionName,
            resourceName,
            resourceGroupName: args.resourceGroup,
            issuer: serviceEndpoint.workloadIdentityFederationIssuer.apply((issuer) => {
              const warning = otherTenant(issuer, account.tenantId);
              if (warning) pulumi.log.warn(warning);
              return issuer;
            }),
            subject: serviceEndpoint.workloadIdentityFederationSubject,
            audiences: [tokenExchangeAudience],
          },
          { ...parent, protect: false },
        ),
      );
    }

    function createRoleAssignment({ principalId }: managedidentity.UserAssignedIdentity) {
      const role = pulumi
        .all([registry.permissionMode, args.repository])
        .apply(([mode, repository]) => registryRole(mode, args.access, repository, subscriptionId, args.alsoPulled));
      return new authorization.RoleAssignment(
        ...transformed<authorization.RoleAssignmentArgs>(
          transform?.roleAssignment,
          name,
          {
            // Always the same one: what was assigned without the stack knowing is found, and cannot be assigned twice.
            roleAssignmentName: pulumi.all([registry.id, principalId]).apply((of) => guidOf(...of)),
            scope: registry.id,
            principalId,
            // Says so because a new identity may not have reached the directory that Azure would look it up in.
            principalType: "ServicePrincipal",
            roleDefinitionId: role.roleDefinitionId,
            condition: role.condition,
            conditionVersion: role.conditionVersion,
          },
          // Azure lets an assignment's condition change, and neither its role nor its name.
          {
            ...{ ...parent, protect: false, replaceOnChanges: ["roleDefinitionId"] },
            ...{ ignoreChanges: ["roleAssignmentName"], deleteBeforeReplace: true },
          },
        ),
      );
    }
  }
}

/**
 * Makes sure that a registry honours the role that Azure DevOps gives to a service principal.
 *
 * @returns the registry's name
 * @throws UserError if the registry's permissions are by repository
 */
export function requireHonoured(registryName: string, mode: PermissionMode): string {
  if (mode === "LegacyRegistryPermissions") return registryName;
  throw new UserError(
    `the registry ${registryName} has the permission mode ${mode} and so ignores AcrPush, the only role that a service ` +
      "principal made by Azure DevOps has. Set serviceConnection.scheme to " +
      "workloadIdentityFederation",
  );
}

/**
 * What to say if the organization's tenant, whose tokens a connection gets, is another one than the identity's. Undefined if
 * it is the same, or the issuer does not name one.
 */
export function otherTenant(issuer: string, tenantId: string): string | undefined {
  const its = /^https:\/\/login\.microsoftonline\.com\/([0-9a-f-]{36})\//i.exec(issuer)?.[1];
  if (its === undefined || its.toLowerCase() === tenantId.toLowerCase()) return undefined;
  return (
    `the Azure DevOps organization is connected to the Microsoft Entra tenant ${its}, and the subscription to ${tenantId}. ` +
    "If a run's sign-in is refused (AADSTS700222 or AADSTS700211), connect the organization to the subscription's tenant: " +
    "https://learn.microsoft.com/azure/devops/organizations/accounts/change-azure-ad-connection"
  );
}

/** A GUID that is the same for the same texts, as ARM templates' function `guid` makes them. */
function guidOf(...texts: string[]): string {
  const hash = createHash("sha256").update(texts.join("\n")).digest("hex");
  return hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}
