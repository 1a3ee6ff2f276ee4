import * as pulumi from "@pulumi/pulumi";
import * as inputs from "./types/input";
import * as outputs from "./types/output";
export declare class ServiceEndpointAzureEcr extends pulumi.CustomResource {
    /**
     * Get an existing ServiceEndpointAzureEcr resource's state with the given name, ID, and optional extra
     * properties used to qualify the lookup.
     *
     * @param name The _unique_ name of the resulting resource.
     * @param id The _unique_ provider ID of the resource to lookup.
     * @param state Any extra arguments used during the lookup.
     * @param opts Optional settings to control the behavior of the CustomResource.
     */
    static get(name: string, id: pulumi.Input<pulumi.ID>, state?: ServiceEndpointAzureEcrState, opts?: pulumi.CustomResourceOptions): ServiceEndpointAzureEcr;
    /**
     * Returns true if the given object is an instance of ServiceEndpointAzureEcr.  This is designed to work even
     * when multiple copies of the Pulumi SDK have been loaded into the same process.
     */
    static isInstance(obj: any): obj is ServiceEndpointAzureEcr;
    readonly appObjectId: pulumi.Output<string>;
    readonly authorization: pulumi.Output<{
        [key: string]: string;
    }>;
    readonly azSpnRoleAssignmentId: pulumi.Output<string>;
    readonly azSpnRolePermissions: pulumi.Output<string>;
    /**
     * The AzureContainerRegistry registry which should be used.
     */
    readonly azurecrName: pulumi.Output<string>;
    /**
     * The service principal tenant id which should be used.
     */
    readonly azurecrSpnTenantid: pulumi.Output<string>;
    /**
     * The Azure subscription Id which should be used.
     */
    readonly azurecrSubscriptionId: pulumi.Output<string>;
    /**
     * The Azure subscription name which should be used.
     */
    readonly azurecrSubscriptionName: pulumi.Output<string>;
    readonly credentials: pulumi.Output<outputs.ServiceEndpointAzureEcrCredentials | undefined>;
    readonly description: pulumi.Output<string | undefined>;
    readonly projectId: pulumi.Output<string>;
    /**
     * Scope Resource Group
     */
    readonly resourceGroup: pulumi.Output<string | undefined>;
    /**
     * The AzureCR Service Endpoint Authentication Scheme, this can be 'WorkloadIdentityFederation', 'ManagedServiceIdentity' or 'ServicePrincipal'.
     */
    readonly serviceEndpointAuthenticationScheme: pulumi.Output<string | undefined>;
    readonly serviceEndpointName: pulumi.Output<string>;
    readonly servicePrincipalId: pulumi.Output<string>;
    readonly spnObjectId: pulumi.Output<string>;
    /**
     * The issuer of the workload identity federation service principal.
     */
    readonly workloadIdentityFederationIssuer: pulumi.Output<string>;
    /**
     * The subject of the workload identity federation service principal.
     */
    readonly workloadIdentityFederationSubject: pulumi.Output<string>;
    /**
     * Create a ServiceEndpointAzureEcr resource with the given unique name, arguments, and options.
     *
     * @param name The _unique_ name of the resource.
     * @param args The arguments to use to populate this resource's properties.
     * @param opts A bag of options that control this resource's behavior.
     */
    constructor(name: string, args: ServiceEndpointAzureEcrArgs, opts?: pulumi.CustomResourceOptions);
}
/**
 * Input properties used for looking up and filtering ServiceEndpointAzureEcr resources.
 */
export interface ServiceEndpointAzureEcrState {
    appObjectId?: pulumi.Input<string | undefined>;
    authorization?: pulumi.Input<{
        [key: string]: pulumi.Input<string>;
    } | undefined>;
    azSpnRoleAssignmentId?: pulumi.Input<string | undefined>;
    azSpnRolePermissions?: pulumi.Input<string | undefined>;
    /**
     * The AzureContainerRegistry registry which should be used.
     */
    azurecrName?: pulumi.Input<string | undefined>;
    /**
     * The service principal tenant id which should be used.
     */
    azurecrSpnTenantid?: pulumi.Input<string | undefined>;
    /**
     * The Azure subscription Id which should be used.
     */
    azurecrSubscriptionId?: pulumi.Input<string | undefined>;
    /**
     * The Azure subscription name which should be used.
     */
    azurecrSubscriptionName?: pulumi.Input<string | undefined>;
    credentials?: pulumi.Input<inputs.ServiceEndpointAzureEcrCredentials | undefined>;
    description?: pulumi.Input<string | undefined>;
    projectId?: pulumi.Input<string | undefined>;
    /**
     * Scope Resource Group
     */
    resourceGroup?: pulumi.Input<string | undefined>;
    /**
     * The AzureCR Service Endpoint Authentication Scheme, this can be 'WorkloadIdentityFederation', 'ManagedServiceIdentity' or 'ServicePrincipal'.
     */
    serviceEndpointAuthenticationScheme?: pulumi.Input<string | undefined>;
    serviceEndpointName?: pulumi.Input<string | undefined>;
    servicePrincipalId?: pulumi.Input<string | undefined>;
    spnObjectId?: pulumi.Input<string | undefined>;
    /**
     * The issuer of the workload identity federation service principal.
     */
    workloadIdentityFederationIssuer?: pulumi.Input<string | undefined>;
    /**
     * The subject of the workload identity federation service principal.
     */
    workloadIdentityFederationSubject?: pulumi.Input<string | undefined>;
}
/**
 * The set of arguments for constructing a ServiceEndpointAzureEcr resource.
 */
export interface ServiceEndpointAzureEcrArgs {
    /**
     * The AzureContainerRegistry registry which should be used.
     */
    azurecrName?: pulumi.Input<string | undefined>;
    /**
     * The service principal tenant id which should be used.
     */
    azurecrSpnTenantid?: pulumi.Input<string | undefined>;
    /**
     * The Azure subscription Id which should be used.
     */
    azurecrSubscriptionId?: pulumi.Input<string | undefined>;
    /**
     * The Azure subscription name which should be used.
     */
    azurecrSubscriptionName?: pulumi.Input<string | undefined>;
    credentials?: pulumi.Input<inputs.ServiceEndpointAzureEcrCredentials | undefined>;
    description?: pulumi.Input<string | undefined>;
    projectId: pulumi.Input<string>;
    /**
     * Scope Resource Group
     */
    resourceGroup?: pulumi.Input<string | undefined>;
    /**
     * The AzureCR Service Endpoint Authentication Scheme, this can be 'WorkloadIdentityFederation', 'ManagedServiceIdentity' or 'ServicePrincipal'.
     */
    serviceEndpointAuthenticationScheme?: pulumi.Input<string | undefined>;
    serviceEndpointName: pulumi.Input<string>;
}
