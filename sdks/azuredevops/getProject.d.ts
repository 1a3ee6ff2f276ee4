import * as pulumi from "@pulumi/pulumi";
export declare function getProject(args?: GetProjectArgs, opts?: pulumi.InvokeOptions): Promise<GetProjectResult>;
/**
 * A collection of arguments for invoking getProject.
 */
export interface GetProjectArgs {
    name?: string;
    projectId?: string;
}
/**
 * A collection of values returned by getProject.
 */
export interface GetProjectResult {
    readonly description: string;
    readonly features: {
        [key: string]: string;
    };
    /**
     * The provider-assigned unique ID for this managed resource.
     */
    readonly id: string;
    readonly name?: string;
    readonly processTemplateId: string;
    readonly projectId?: string;
    readonly versionControl: string;
    readonly visibility: string;
    readonly workItemTemplate: string;
}
export declare function getProjectOutput(args?: GetProjectOutputArgs, opts?: pulumi.InvokeOutputOptions): pulumi.Output<GetProjectResult>;
/**
 * A collection of arguments for invoking getProject.
 */
export interface GetProjectOutputArgs {
    name?: pulumi.Input<string | undefined>;
    projectId?: pulumi.Input<string | undefined>;
}
