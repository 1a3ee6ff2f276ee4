import * as pulumi from "@pulumi/pulumi";
import * as inputs from "./types/input";
import * as outputs from "./types/output";
export declare class BranchPolicyBuildValidation extends pulumi.CustomResource {
    /**
     * Get an existing BranchPolicyBuildValidation resource's state with the given name, ID, and optional extra
     * properties used to qualify the lookup.
     *
     * @param name The _unique_ name of the resulting resource.
     * @param id The _unique_ provider ID of the resource to lookup.
     * @param state Any extra arguments used during the lookup.
     * @param opts Optional settings to control the behavior of the CustomResource.
     */
    static get(name: string, id: pulumi.Input<pulumi.ID>, state?: BranchPolicyBuildValidationState, opts?: pulumi.CustomResourceOptions): BranchPolicyBuildValidation;
    /**
     * Returns true if the given object is an instance of BranchPolicyBuildValidation.  This is designed to work even
     * when multiple copies of the Pulumi SDK have been loaded into the same process.
     */
    static isInstance(obj: any): obj is BranchPolicyBuildValidation;
    readonly blocking: pulumi.Output<boolean | undefined>;
    readonly enabled: pulumi.Output<boolean | undefined>;
    readonly projectId: pulumi.Output<string>;
    readonly settings: pulumi.Output<outputs.BranchPolicyBuildValidationSettings>;
    /**
     * Create a BranchPolicyBuildValidation resource with the given unique name, arguments, and options.
     *
     * @param name The _unique_ name of the resource.
     * @param args The arguments to use to populate this resource's properties.
     * @param opts A bag of options that control this resource's behavior.
     */
    constructor(name: string, args: BranchPolicyBuildValidationArgs, opts?: pulumi.CustomResourceOptions);
}
/**
 * Input properties used for looking up and filtering BranchPolicyBuildValidation resources.
 */
export interface BranchPolicyBuildValidationState {
    blocking?: pulumi.Input<boolean | undefined>;
    enabled?: pulumi.Input<boolean | undefined>;
    projectId?: pulumi.Input<string | undefined>;
    settings?: pulumi.Input<inputs.BranchPolicyBuildValidationSettings | undefined>;
}
/**
 * The set of arguments for constructing a BranchPolicyBuildValidation resource.
 */
export interface BranchPolicyBuildValidationArgs {
    blocking?: pulumi.Input<boolean | undefined>;
    enabled?: pulumi.Input<boolean | undefined>;
    projectId: pulumi.Input<string>;
    settings: pulumi.Input<inputs.BranchPolicyBuildValidationSettings>;
}
