import * as pulumi from "@pulumi/pulumi";
export declare function getServiceEndpointAzureRM(args: GetServiceEndpointAzureRMArgs, opts?: pulumi.InvokeOptions): Promise<GetServiceEndpointAzureRMResult>;
/**
 * A collection of arguments for invoking getServiceEndpointAzureRM.
 */
export interface GetServiceEndpointAzureRMArgs {
    projectId: string;
    serviceEndpointId?: string;
    serviceEndpointName?: string;
}
/**
 * A collection of values returned by getServiceEndpointAzureRM.
 */
export interface GetServiceEndpointAzureRMResult {
    readonly authorization: {
        [key: string]: string;
    };
    readonly azurermManagementGroupId: string;
    readonly azurermManagementGroupName: string;
    readonly azurermSpnTenantid: string;
    readonly azurermSubscriptionId: string;
    readonly azurermSubscriptionName: string;
    readonly description: string;
    readonly environment: string;
    /**
     * The provider-assigned unique ID for this managed resource.
     */
    readonly id: string;
    readonly projectId: string;
    readonly resourceGroup: string;
    readonly serverUrl: string;
    readonly serviceEndpointAuthenticationScheme: string;
    readonly serviceEndpointId: string;
    readonly serviceEndpointName: string;
    readonly servicePrincipalId: string;
    readonly workloadIdentityFederationIssuer: string;
    readonly workloadIdentityFederationSubject: string;
}
export declare function getServiceEndpointAzureRMOutput(args: GetServiceEndpointAzureRMOutputArgs, opts?: pulumi.InvokeOutputOptions): pulumi.Output<GetServiceEndpointAzureRMResult>;
/**
 * A collection of arguments for invoking getServiceEndpointAzureRM.
 */
export interface GetServiceEndpointAzureRMOutputArgs {
    projectId: pulumi.Input<string>;
    serviceEndpointId?: pulumi.Input<string | undefined>;
    serviceEndpointName?: pulumi.Input<string | undefined>;
}
