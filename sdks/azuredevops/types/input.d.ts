import * as pulumi from "@pulumi/pulumi";
import * as inputs from "../types/input";
export interface BranchPolicyBuildValidationSettings {
    buildDefinitionId: pulumi.Input<number>;
    displayName: pulumi.Input<string>;
    filenamePatterns?: pulumi.Input<pulumi.Input<string>[] | undefined>;
    manualQueueOnly?: pulumi.Input<boolean | undefined>;
    queueOnSourceUpdateOnly?: pulumi.Input<boolean | undefined>;
    scopes: pulumi.Input<pulumi.Input<inputs.BranchPolicyBuildValidationSettingsScope>[]>;
    validDuration?: pulumi.Input<number | undefined>;
}
export interface BranchPolicyBuildValidationSettingsScope {
    matchType?: pulumi.Input<string | undefined>;
    repositoryId?: pulumi.Input<string | undefined>;
    repositoryRef?: pulumi.Input<string | undefined>;
}
export interface BuildDefinitionBuildCompletionTrigger {
    branchFilters: pulumi.Input<pulumi.Input<inputs.BuildDefinitionBuildCompletionTriggerBranchFilter>[]>;
    buildDefinitionId: pulumi.Input<number>;
}
export interface BuildDefinitionBuildCompletionTriggerBranchFilter {
    excludes?: pulumi.Input<pulumi.Input<string>[] | undefined>;
    includes?: pulumi.Input<pulumi.Input<string>[] | undefined>;
}
export interface BuildDefinitionCiTrigger {
    override?: pulumi.Input<inputs.BuildDefinitionCiTriggerOverride | undefined>;
    useYaml?: pulumi.Input<boolean | undefined>;
}
export interface BuildDefinitionCiTriggerOverride {
    batch?: pulumi.Input<boolean | undefined>;
    branchFilters: pulumi.Input<pulumi.Input<inputs.BuildDefinitionCiTriggerOverrideBranchFilter>[]>;
    maxConcurrentBuildsPerBranch?: pulumi.Input<number | undefined>;
    pathFilters?: pulumi.Input<pulumi.Input<inputs.BuildDefinitionCiTriggerOverridePathFilter>[] | undefined>;
    pollingInterval?: pulumi.Input<number | undefined>;
    pollingJobId?: pulumi.Input<string | undefined>;
}
export interface BuildDefinitionCiTriggerOverrideBranchFilter {
    excludes?: pulumi.Input<pulumi.Input<string>[] | undefined>;
    includes?: pulumi.Input<pulumi.Input<string>[] | undefined>;
}
export interface BuildDefinitionCiTriggerOverridePathFilter {
    excludes?: pulumi.Input<pulumi.Input<string>[] | undefined>;
    includes?: pulumi.Input<pulumi.Input<string>[] | undefined>;
}
export interface BuildDefinitionFeature {
    skipFirstRun?: pulumi.Input<boolean | undefined>;
}
export interface BuildDefinitionJob {
    allowScriptsAuthAccessOption?: pulumi.Input<boolean | undefined>;
    condition: pulumi.Input<string>;
    dependencies?: pulumi.Input<pulumi.Input<inputs.BuildDefinitionJobDependency>[] | undefined>;
    jobAuthorizationScope?: pulumi.Input<string | undefined>;
    jobCancelTimeoutInMinutes?: pulumi.Input<number | undefined>;
    jobTimeoutInMinutes?: pulumi.Input<number | undefined>;
    name: pulumi.Input<string>;
    refName: pulumi.Input<string>;
    target: pulumi.Input<inputs.BuildDefinitionJobTarget>;
}
export interface BuildDefinitionJobDependency {
    scope: pulumi.Input<string>;
}
export interface BuildDefinitionJobTarget {
    demands?: pulumi.Input<pulumi.Input<string>[] | undefined>;
    executionOptions: pulumi.Input<inputs.BuildDefinitionJobTargetExecutionOptions>;
    type: pulumi.Input<string>;
}
export interface BuildDefinitionJobTargetExecutionOptions {
    continueOnError?: pulumi.Input<boolean | undefined>;
    maxConcurrency?: pulumi.Input<number | undefined>;
    multipliers?: pulumi.Input<string | undefined>;
    type: pulumi.Input<string>;
}
export interface BuildDefinitionPullRequestTrigger {
    commentRequired?: pulumi.Input<string | undefined>;
    forks: pulumi.Input<inputs.BuildDefinitionPullRequestTriggerForks>;
    initialBranch?: pulumi.Input<string | undefined>;
    override?: pulumi.Input<inputs.BuildDefinitionPullRequestTriggerOverride | undefined>;
    useYaml?: pulumi.Input<boolean | undefined>;
}
export interface BuildDefinitionPullRequestTriggerForks {
    enabled: pulumi.Input<boolean>;
    shareSecrets: pulumi.Input<boolean>;
}
export interface BuildDefinitionPullRequestTriggerOverride {
    autoCancel?: pulumi.Input<boolean | undefined>;
    branchFilters: pulumi.Input<pulumi.Input<inputs.BuildDefinitionPullRequestTriggerOverrideBranchFilter>[]>;
    pathFilters?: pulumi.Input<pulumi.Input<inputs.BuildDefinitionPullRequestTriggerOverridePathFilter>[] | undefined>;
}
export interface BuildDefinitionPullRequestTriggerOverrideBranchFilter {
    excludes?: pulumi.Input<pulumi.Input<string>[] | undefined>;
    includes?: pulumi.Input<pulumi.Input<string>[] | undefined>;
}
export interface BuildDefinitionPullRequestTriggerOverridePathFilter {
    excludes?: pulumi.Input<pulumi.Input<string>[] | undefined>;
    includes?: pulumi.Input<pulumi.Input<string>[] | undefined>;
}
export interface BuildDefinitionRepository {
    branchName?: pulumi.Input<string | undefined>;
    githubEnterpriseUrl?: pulumi.Input<string | undefined>;
    repoId: pulumi.Input<string>;
    repoType: pulumi.Input<string>;
    reportBuildStatus?: pulumi.Input<boolean | undefined>;
    serviceConnectionId?: pulumi.Input<string | undefined>;
    url?: pulumi.Input<string | undefined>;
    ymlPath?: pulumi.Input<string | undefined>;
}
export interface BuildDefinitionSchedule {
    branchFilters: pulumi.Input<pulumi.Input<inputs.BuildDefinitionScheduleBranchFilter>[]>;
    daysToBuilds: pulumi.Input<pulumi.Input<string>[]>;
    scheduleJobId?: pulumi.Input<string | undefined>;
    scheduleOnlyWithChanges?: pulumi.Input<boolean | undefined>;
    startHours?: pulumi.Input<number | undefined>;
    startMinutes?: pulumi.Input<number | undefined>;
    timeZone?: pulumi.Input<string | undefined>;
}
export interface BuildDefinitionScheduleBranchFilter {
    excludes?: pulumi.Input<pulumi.Input<string>[] | undefined>;
    includes?: pulumi.Input<pulumi.Input<string>[] | undefined>;
}
export interface BuildDefinitionVariable {
    allowOverride?: pulumi.Input<boolean | undefined>;
    isSecret?: pulumi.Input<boolean | undefined>;
    name: pulumi.Input<string>;
    secretValue?: pulumi.Input<string | undefined>;
    value?: pulumi.Input<string | undefined>;
}
export interface ServiceEndpointAzureEcrCredentials {
    /**
     * The service principal id which should be used.
     */
    serviceprincipalid: pulumi.Input<string>;
}
