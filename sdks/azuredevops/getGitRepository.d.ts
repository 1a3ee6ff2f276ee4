import * as pulumi from "@pulumi/pulumi";
export declare function getGitRepository(args: GetGitRepositoryArgs, opts?: pulumi.InvokeOptions): Promise<GetGitRepositoryResult>;
/**
 * A collection of arguments for invoking getGitRepository.
 */
export interface GetGitRepositoryArgs {
    name: string;
    projectId: string;
}
/**
 * A collection of values returned by getGitRepository.
 */
export interface GetGitRepositoryResult {
    readonly defaultBranch: string;
    readonly disabled: boolean;
    /**
     * The provider-assigned unique ID for this managed resource.
     */
    readonly id: string;
    readonly isFork: boolean;
    readonly name: string;
    readonly projectId: string;
    readonly remoteUrl: string;
    readonly size: number;
    readonly sshUrl: string;
    readonly url: string;
    readonly webUrl: string;
}
export declare function getGitRepositoryOutput(args: GetGitRepositoryOutputArgs, opts?: pulumi.InvokeOutputOptions): pulumi.Output<GetGitRepositoryResult>;
/**
 * A collection of arguments for invoking getGitRepository.
 */
export interface GetGitRepositoryOutputArgs {
    name: pulumi.Input<string>;
    projectId: pulumi.Input<string>;
}
