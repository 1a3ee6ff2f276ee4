import * as pulumi from "@pulumi/pulumi";
import * as outputs from "./types/output";
export declare function getVariableGroup(args: GetVariableGroupArgs, opts?: pulumi.InvokeOptions): Promise<GetVariableGroupResult>;
/**
 * A collection of arguments for invoking getVariableGroup.
 */
export interface GetVariableGroupArgs {
    name: string;
    projectId: string;
}
/**
 * A collection of values returned by getVariableGroup.
 */
export interface GetVariableGroupResult {
    readonly allowAccess: boolean;
    readonly description: string;
    /**
     * The provider-assigned unique ID for this managed resource.
     */
    readonly id: string;
    readonly keyVaults: outputs.GetVariableGroupKeyVault[];
    readonly name: string;
    readonly projectId: string;
    readonly variables: outputs.GetVariableGroupVariable[];
}
export declare function getVariableGroupOutput(args: GetVariableGroupOutputArgs, opts?: pulumi.InvokeOutputOptions): pulumi.Output<GetVariableGroupResult>;
/**
 * A collection of arguments for invoking getVariableGroup.
 */
export interface GetVariableGroupOutputArgs {
    name: pulumi.Input<string>;
    projectId: pulumi.Input<string>;
}
