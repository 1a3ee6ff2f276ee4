import * as z from "zod";
import { projectForm } from "./core/state";
import { definitionForm } from "./definitions/state";
import { agentPoolForm, agentQueueForm, environmentForm, variableGroupForm } from "./distributed-task/state";
import { repositoryForm } from "./git/state";
import { checkForm, pipelinePermissionForm } from "./pipelines/state";
import { policyForm } from "./policy/state";
import { pullRequestForm } from "./pull-requests/state";
import { denialForm } from "./security/state";
import { serviceEndpointForm } from "./service-endpoints/state";

/** What the local Azure DevOps keeps of its one organization, but for its runs and what is in its repositories. */
export const azureDevOpsForm = z.strictObject({
  organizationId: z.string(),
  projects: z.array(projectForm),
  repositories: z.array(repositoryForm),
  endpoints: z.array(serviceEndpointForm),
  definitions: z.array(definitionForm),
  variableGroups: z.array(variableGroupForm),
  agentPools: z.array(agentPoolForm),
  agentQueues: z.array(agentQueueForm),
  environments: z.array(environmentForm),
  permissions: z.array(pipelinePermissionForm),
  /** None where an earlier version has written the file, as its last number below. */
  checks: z.array(checkForm).default([]),
  pullRequests: z.array(pullRequestForm),
  policies: z.array(policyForm),
  /** None where an earlier version has written the file. */
  denials: z.array(denialForm).default([]),
  /** The last number given out, by kind. A number is never given twice, not even after a deletion. */
  last: z.strictObject({
    definition: z.int(),
    variableGroup: z.int(),
    agentPool: z.int(),
    agentQueue: z.int(),
    environment: z.int(),
    push: z.int(),
    pullRequest: z.int(),
    thread: z.int(),
    policy: z.int(),
    check: z.int().default(0),
  }),
});

export type AzureDevOpsState = z.output<typeof azureDevOpsForm>;
