import * as pulumi from "@pulumi/pulumi";
import * as inputs from "./types/input";
import * as outputs from "./types/output";
export declare class BuildDefinition extends pulumi.CustomResource {
    /**
     * Get an existing BuildDefinition resource's state with the given name, ID, and optional extra
     * properties used to qualify the lookup.
     *
     * @param name The _unique_ name of the resulting resource.
     * @param id The _unique_ provider ID of the resource to lookup.
     * @param state Any extra arguments used during the lookup.
     * @param opts Optional settings to control the behavior of the CustomResource.
     */
    static get(name: string, id: pulumi.Input<pulumi.ID>, state?: BuildDefinitionState, opts?: pulumi.CustomResourceOptions): BuildDefinition;
    /**
     * Returns true if the given object is an instance of BuildDefinition.  This is designed to work even
     * when multiple copies of the Pulumi SDK have been loaded into the same process.
     */
    static isInstance(obj: any): obj is BuildDefinition;
    readonly agentPoolName: pulumi.Output<string | undefined>;
    readonly agentSpecification: pulumi.Output<string | undefined>;
    readonly buildCompletionTriggers: pulumi.Output<outputs.BuildDefinitionBuildCompletionTrigger[] | undefined>;
    readonly ciTrigger: pulumi.Output<outputs.BuildDefinitionCiTrigger | undefined>;
    readonly features: pulumi.Output<outputs.BuildDefinitionFeature[] | undefined>;
    readonly jobAuthorizationScope: pulumi.Output<string | undefined>;
    readonly jobs: pulumi.Output<outputs.BuildDefinitionJob[] | undefined>;
    readonly name: pulumi.Output<string>;
    readonly path: pulumi.Output<string | undefined>;
    readonly projectId: pulumi.Output<string>;
    readonly pullRequestTrigger: pulumi.Output<outputs.BuildDefinitionPullRequestTrigger | undefined>;
    readonly queueStatus: pulumi.Output<string | undefined>;
    readonly repository: pulumi.Output<outputs.BuildDefinitionRepository>;
    readonly revision: pulumi.Output<number>;
    readonly schedules: pulumi.Output<outputs.BuildDefinitionSchedule[] | undefined>;
    readonly variableGroups: pulumi.Output<number[] | undefined>;
    readonly variables: pulumi.Output<outputs.BuildDefinitionVariable[] | undefined>;
    /**
     * Create a BuildDefinition resource with the given unique name, arguments, and options.
     *
     * @param name The _unique_ name of the resource.
     * @param args The arguments to use to populate this resource's properties.
     * @param opts A bag of options that control this resource's behavior.
     */
    constructor(name: string, args: BuildDefinitionArgs, opts?: pulumi.CustomResourceOptions);
}
/**
 * Input properties used for looking up and filtering BuildDefinition resources.
 */
export interface BuildDefinitionState {
    agentPoolName?: pulumi.Input<string | undefined>;
    agentSpecification?: pulumi.Input<string | undefined>;
    buildCompletionTriggers?: pulumi.Input<pulumi.Input<inputs.BuildDefinitionBuildCompletionTrigger>[] | undefined>;
    ciTrigger?: pulumi.Input<inputs.BuildDefinitionCiTrigger | undefined>;
    features?: pulumi.Input<pulumi.Input<inputs.BuildDefinitionFeature>[] | undefined>;
    jobAuthorizationScope?: pulumi.Input<string | undefined>;
    jobs?: pulumi.Input<pulumi.Input<inputs.BuildDefinitionJob>[] | undefined>;
    name?: pulumi.Input<string | undefined>;
    path?: pulumi.Input<string | undefined>;
    projectId?: pulumi.Input<string | undefined>;
    pullRequestTrigger?: pulumi.Input<inputs.BuildDefinitionPullRequestTrigger | undefined>;
    queueStatus?: pulumi.Input<string | undefined>;
    repository?: pulumi.Input<inputs.BuildDefinitionRepository | undefined>;
    revision?: pulumi.Input<number | undefined>;
    schedules?: pulumi.Input<pulumi.Input<inputs.BuildDefinitionSchedule>[] | undefined>;
    variableGroups?: pulumi.Input<pulumi.Input<number>[] | undefined>;
    variables?: pulumi.Input<pulumi.Input<inputs.BuildDefinitionVariable>[] | undefined>;
}
/**
 * The set of arguments for constructing a BuildDefinition resource.
 */
export interface BuildDefinitionArgs {
    agentPoolName?: pulumi.Input<string | undefined>;
    agentSpecification?: pulumi.Input<string | undefined>;
    buildCompletionTriggers?: pulumi.Input<pulumi.Input<inputs.BuildDefinitionBuildCompletionTrigger>[] | undefined>;
    ciTrigger?: pulumi.Input<inputs.BuildDefinitionCiTrigger | undefined>;
    features?: pulumi.Input<pulumi.Input<inputs.BuildDefinitionFeature>[] | undefined>;
    jobAuthorizationScope?: pulumi.Input<string | undefined>;
    jobs?: pulumi.Input<pulumi.Input<inputs.BuildDefinitionJob>[] | undefined>;
    name?: pulumi.Input<string | undefined>;
    path?: pulumi.Input<string | undefined>;
    projectId: pulumi.Input<string>;
    pullRequestTrigger?: pulumi.Input<inputs.BuildDefinitionPullRequestTrigger | undefined>;
    queueStatus?: pulumi.Input<string | undefined>;
    repository: pulumi.Input<inputs.BuildDefinitionRepository>;
    schedules?: pulumi.Input<pulumi.Input<inputs.BuildDefinitionSchedule>[] | undefined>;
    variableGroups?: pulumi.Input<pulumi.Input<number>[] | undefined>;
    variables?: pulumi.Input<pulumi.Input<inputs.BuildDefinitionVariable>[] | undefined>;
}
