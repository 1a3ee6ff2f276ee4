import * as pulumi from "@pulumi/pulumi";
export declare function getClientConfig(opts?: pulumi.InvokeOptions): Promise<GetClientConfigResult>;
/**
 * A collection of values returned by getClientConfig.
 */
export interface GetClientConfigResult {
    /**
     * The provider-assigned unique ID for this managed resource.
     */
    readonly id: string;
    readonly name: string;
    readonly organizationUrl: string;
    readonly ownerId: string;
    readonly status: string;
    readonly tenantId: string;
}
export declare function getClientConfigOutput(opts?: pulumi.InvokeOutputOptions): pulumi.Output<GetClientConfigResult>;
