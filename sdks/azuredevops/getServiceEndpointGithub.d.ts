import * as pulumi from "@pulumi/pulumi";
export declare function getServiceEndpointGithub(args: GetServiceEndpointGithubArgs, opts?: pulumi.InvokeOptions): Promise<GetServiceEndpointGithubResult>;
/**
 * A collection of arguments for invoking getServiceEndpointGithub.
 */
export interface GetServiceEndpointGithubArgs {
    projectId: string;
    serviceEndpointId?: string;
    serviceEndpointName?: string;
}
/**
 * A collection of values returned by getServiceEndpointGithub.
 */
export interface GetServiceEndpointGithubResult {
    readonly authorization: {
        [key: string]: string;
    };
    readonly description: string;
    /**
     * The provider-assigned unique ID for this managed resource.
     */
    readonly id: string;
    readonly projectId: string;
    readonly serviceEndpointId: string;
    readonly serviceEndpointName: string;
}
export declare function getServiceEndpointGithubOutput(args: GetServiceEndpointGithubOutputArgs, opts?: pulumi.InvokeOutputOptions): pulumi.Output<GetServiceEndpointGithubResult>;
/**
 * A collection of arguments for invoking getServiceEndpointGithub.
 */
export interface GetServiceEndpointGithubOutputArgs {
    projectId: pulumi.Input<string>;
    serviceEndpointId?: pulumi.Input<string | undefined>;
    serviceEndpointName?: pulumi.Input<string | undefined>;
}
