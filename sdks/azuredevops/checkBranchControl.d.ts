import * as pulumi from "@pulumi/pulumi";
export declare class CheckBranchControl extends pulumi.CustomResource {
    /**
     * Get an existing CheckBranchControl resource's state with the given name, ID, and optional extra
     * properties used to qualify the lookup.
     *
     * @param name The _unique_ name of the resulting resource.
     * @param id The _unique_ provider ID of the resource to lookup.
     * @param state Any extra arguments used during the lookup.
     * @param opts Optional settings to control the behavior of the CustomResource.
     */
    static get(name: string, id: pulumi.Input<pulumi.ID>, state?: CheckBranchControlState, opts?: pulumi.CustomResourceOptions): CheckBranchControl;
    /**
     * Returns true if the given object is an instance of CheckBranchControl.  This is designed to work even
     * when multiple copies of the Pulumi SDK have been loaded into the same process.
     */
    static isInstance(obj: any): obj is CheckBranchControl;
    readonly allowedBranches: pulumi.Output<string | undefined>;
    readonly displayName: pulumi.Output<string | undefined>;
    readonly ignoreUnknownProtectionStatus: pulumi.Output<boolean | undefined>;
    readonly projectId: pulumi.Output<string>;
    readonly targetResourceId: pulumi.Output<string>;
    readonly targetResourceType: pulumi.Output<string>;
    readonly timeout: pulumi.Output<number | undefined>;
    readonly verifyBranchProtection: pulumi.Output<boolean | undefined>;
    readonly version: pulumi.Output<number>;
    /**
     * Create a CheckBranchControl resource with the given unique name, arguments, and options.
     *
     * @param name The _unique_ name of the resource.
     * @param args The arguments to use to populate this resource's properties.
     * @param opts A bag of options that control this resource's behavior.
     */
    constructor(name: string, args: CheckBranchControlArgs, opts?: pulumi.CustomResourceOptions);
}
/**
 * Input properties used for looking up and filtering CheckBranchControl resources.
 */
export interface CheckBranchControlState {
    allowedBranches?: pulumi.Input<string | undefined>;
    displayName?: pulumi.Input<string | undefined>;
    ignoreUnknownProtectionStatus?: pulumi.Input<boolean | undefined>;
    projectId?: pulumi.Input<string | undefined>;
    targetResourceId?: pulumi.Input<string | undefined>;
    targetResourceType?: pulumi.Input<string | undefined>;
    timeout?: pulumi.Input<number | undefined>;
    verifyBranchProtection?: pulumi.Input<boolean | undefined>;
    version?: pulumi.Input<number | undefined>;
}
/**
 * The set of arguments for constructing a CheckBranchControl resource.
 */
export interface CheckBranchControlArgs {
    allowedBranches?: pulumi.Input<string | undefined>;
    displayName?: pulumi.Input<string | undefined>;
    ignoreUnknownProtectionStatus?: pulumi.Input<boolean | undefined>;
    projectId: pulumi.Input<string>;
    targetResourceId: pulumi.Input<string>;
    targetResourceType: pulumi.Input<string>;
    timeout?: pulumi.Input<number | undefined>;
    verifyBranchProtection?: pulumi.Input<boolean | undefined>;
}
