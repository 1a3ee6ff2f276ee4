import { setTimeout as sleep } from "node:timers/promises";
import { getPersonalAccessTokenHandler, WebApi } from "azure-devops-node-api";
import {
  type Build,
  type BuildReason,
  BuildResult,
  BuildStatus,
} from "azure-devops-node-api/interfaces/BuildInterfaces";
import { deployer, graphAudience, previewer, type ServicePrincipal } from "../../../local-cloud/cloud/identity";
import type { Running } from "../../../local-cloud/cloud/status";

/** What the setting `infrastructurePipeline` names: the groups as `init` does. @param project name of the Pulumi project */
export function infrastructureOf(project: string) {
  return {
    ...{ azureConnection: "azure-mlops", previewConnection: "azure-mlops-preview" },
    ...{ variableGroup: `${project}-deploy`, previewVariableGroup: `${project}-preview` },
  };
}

/** What an administrator of the team's project makes once by hand (docs/pull-requests.md), in a local cloud. */
export class TeamDeployment {
  readonly client: WebApi;

  constructor(private readonly cloud: Running) {
    const { orgServiceUrl, personalAccessToken } = cloud.azureDevOps;
    this.client = new WebApi(orgServiceUrl, getPersonalAccessTokenHandler(personalAccessToken));
  }

  get project(): string {
    return this.cloud.azureDevOps.project;
  }

  /** Makes the connections, each with its identity, and the variable groups. @param state of both groups */
  async prepare(infrastructure: ReturnType<typeof infrastructureOf>, state: Record<string, string>): Promise<void> {
    const { id = "" } = await (await this.client.getCoreApi()).getProject(this.project);
    const reference = { id, name: this.project };
    await this.connect(infrastructure.azureConnection, reference, deployer);
    await this.connect(infrastructure.previewConnection, reference, previewer);
    const library = await this.client.getTaskAgentApi();
    for (const name of [infrastructure.variableGroup, infrastructure.previewVariableGroup]) {
      const { PULUMI_CONFIG_PASSPHRASE, ...open } = state;
      await library.addVariableGroup({
        ...{ name, type: "Vsts" },
        variables: {
          ...Object.fromEntries(Object.entries(open).map(([key, value]) => [key, { value }])),
          PULUMI_CONFIG_PASSPHRASE: { isSecret: true, value: PULUMI_CONFIG_PASSPHRASE ?? "" },
        },
        variableGroupProjectReferences: [{ projectReference: reference, name }],
      });
    }
  }

  private async connect(name: string, projectReference: { id: string; name: string }, who: ServicePrincipal) {
    const { tenantId: tenantid, subscriptionId, clientId, clientSecret, url } = this.cloud.azure;
    const endpoints = await this.client.getServiceEndpointApi();
    const { authorization } = await endpoints.createServiceEndpoint({
      ...{ name, type: "azurerm", url: "https://management.azure.com/" },
      data: { creationMode: "Manual", environment: "AzureCloud", scopeLevel: "Subscription", subscriptionId },
      authorization: {
        scheme: "WorkloadIdentityFederation",
        parameters: { tenantid, serviceprincipalid: who.clientId },
      },
      serviceEndpointProjectReferences: [{ projectReference, name }],
    });
    const { workloadIdentityFederationIssuer: issuer, workloadIdentityFederationSubject: subject } =
      authorization?.parameters ?? {};
    const signIn = { grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret };
    const token = await answerOf(`${url}/${tenantid}/oauth2/v2.0/token`, {
      method: "POST",
      body: new URLSearchParams({ ...signIn, scope: `${graphAudience}.default` }),
    });
    await answerOf(`${url}/v1.0/applications(appId='${who.clientId}')/federatedIdentityCredentials`, {
      method: "POST",
      headers: { authorization: `Bearer ${token.access_token}`, "content-type": "application/json" },
      body: JSON.stringify({ name, issuer, subject, audiences: ["api://AzureADTokenExchange"] }),
    });
  }

  /** Whether the project's build service may contribute to the repository's pull requests. */
  async allowComments(isAllowed: boolean): Promise<void> {
    const { repository, orgServiceUrl } = this.cloud.azureDevOps;
    const found = await (await this.client.getGitApi()).getRepository(repository, this.project);
    const projectId = found.project?.id;
    const bit = 16384;
    await this.client.rest.create(
      `${orgServiceUrl}/_apis/accesscontrolentries/2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87?api-version=7.1`,
      {
        ...{ token: `repoV2/${projectId}/${found.id}`, merge: true },
        accessControlEntries: [
          {
            descriptor: `Microsoft.TeamFoundation.ServiceIdentity;build:Build:${projectId}`,
            ...{ allow: isAllowed ? bit : 0, deny: isAllowed ? 0 : bit },
          },
        ],
      },
    );
  }

  /** A pipeline's id, by its name's end. */
  async definition(end: string): Promise<number> {
    const definitions = await (await this.client.getBuildApi()).getDefinitions(this.project);
    const found = definitions.find(({ name }) => name?.endsWith(end));
    if (found?.id === undefined) throw new Error(`there is no pipeline …${end}`);
    return found.id;
  }

  /** Runs a pipeline by hand to its end. */
  async run(definitionId: number, build: Build = {}): Promise<Finished> {
    const api = await this.client.getBuildApi();
    const { id = 0 } = await api.queueBuild({ definition: { id: definitionId }, ...build }, this.project);
    return this.finished(id);
  }

  /** The run of a pipeline that something else has started, once it is over. */
  async startedRun(
    definitionId: number,
    reasons: readonly BuildReason[],
    branch: string,
    version?: string,
  ): Promise<Finished> {
    const api = await this.client.getBuildApi();
    for (;;) {
      const builds = await api.getBuilds(this.project, [definitionId]);
      const found = builds.find(
        (build) =>
          build.reason !== undefined &&
          reasons.includes(build.reason) &&
          build.sourceBranch === branch &&
          (version === undefined || build.sourceVersion === version),
      );
      if (found?.id !== undefined) return this.finished(found.id);
      await sleep(500);
    }
  }

  private async finished(id: number): Promise<Finished> {
    const api = await this.client.getBuildApi();
    for (;;) {
      const { status, result, validationResults = [] } = await api.getBuild(this.project, id);
      if (status === BuildStatus.Completed) {
        const problems = validationResults.map(({ message }) => message ?? "");
        return { id, succeeded: result === BuildResult.Succeeded, log: [...problems, await this.logOf(id)].join("\n") };
      }
      await sleep(500);
    }
  }

  private async logOf(buildId: number): Promise<string> {
    const api = await this.client.getBuildApi();
    const lines: string[] = [];
    for (const { id = 0 } of await api.getBuildLogs(this.project, buildId)) {
      lines.push(...(await api.getBuildLogLines(this.project, buildId, id)));
    }
    return lines.map((line) => line.replace(/^\S+Z /, "")).join("\n");
  }
}

export interface Finished {
  id: number;
  succeeded: boolean;
  log: string;
}

/** @throws Error with the log of a run that has not succeeded */
export function expectSuccess({ succeeded, log }: Finished): string {
  if (!succeeded) throw new Error(`the run failed:\n${log}`);
  return log;
}

async function answerOf(url: string, init: RequestInit): Promise<Record<string, unknown>> {
  const response = await fetch(url, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}
