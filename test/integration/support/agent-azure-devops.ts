import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { getPersonalAccessTokenHandler, WebApi } from "azure-devops-node-api";
import { type Build, BuildStatus, type YamlProcess } from "azure-devops-node-api/interfaces/BuildInterfaces";
import type { BareRepository } from "../../../local-cloud/azuredevops/git/bare-repository";
import { createAzureDevOps } from "../../../local-cloud/azuredevops/server";
import { openStores } from "../../../local-cloud/azuredevops/stores";
import { tenantId } from "../../../local-cloud/cloud/identity";
import { commitFiles, localAuthor } from "../../../local-cloud/git/commit-files";
import { seedOf, textFile } from "../../support/repository";
import type { AgentCloud } from "./agent-cloud";

const project = "mlops";
const repository = "diabetes_regression";

/** A local Azure DevOps whose pipelines the agent of a cloud runs, with the service connection `acrconnection` to it. */
export class AgentAzureDevOps {
  private constructor(
    readonly client: WebApi,
    private readonly projectId: string,
    private readonly connectionId: string,
    private readonly repository: BareRepository,
    readonly stop: () => Promise<void>,
  ) {}

  static async start(cloud: AgentCloud): Promise<AgentAzureDevOps> {
    const directory = mkdtempSync(join(tmpdir(), "agent-azure-devops-"));
    const places = {
      ...{ organization: join(directory, "azure-devops.json"), repositories: join(directory, "repositories") },
      runs: join(directory, "runs"),
    };
    const port = cloud.ports.azureDevOps;
    const url = `http://127.0.0.1:${port}`;
    const stores = await openStores(places, () => seedOf());
    const server = createAzureDevOps({
      ...{
        stores,
        url,
        organization: "local",
        tenantId,
        personalAccessToken: "a-person",
        entra: { objectIdOf: async () => undefined, users: new Map() },
      },
      agent: cloud.agent,
    });
    await server.listen({ host: "127.0.0.1", port });
    const client = new WebApi(`${url}/local`, getPersonalAccessTokenHandler("a-person"));
    const { id: projectId = "" } = await (await client.getCoreApi()).getProject(project);
    const endpoints = await client.getServiceEndpointApi();
    const made = await endpoints.createServiceEndpoint(cloud.connection("acrconnection", projectId));
    const trusted = made.authorization?.parameters ?? {};
    await cloud.trust({
      issuer: trusted.workloadIdentityFederationIssuer ?? "",
      subject: trusted.workloadIdentityFederationSubject ?? "",
    });
    const [{ id = "" } = {}] = stores.organization.data.repositories;
    const git = stores.repositories.of({ id });
    return new AgentAzureDevOps(client, projectId, made.id ?? "", git, async () => {
      await server.close();
      rmSync(directory, { recursive: true });
    });
  }

  /** Makes these the repository's files. */
  async commit(files: Record<string, string>): Promise<void> {
    const ref = "refs/heads/main";
    await commitFiles(this.repository.directory, {
      ...{ ref, message: "Change all", author: localAuthor, parent: this.repository.ref(ref), without: "all" },
      files: Object.entries(files).map(([path, text]) => textFile(path, text)),
    });
  }

  /** Makes a pipeline that may use the connection. @returns its id */
  async define(yamlFilename: string, variables: Record<string, string> = {}): Promise<number> {
    const api = await this.client.getBuildApi();
    const process: YamlProcess = { type: 2, yamlFilename };
    const { id: repositoryId } = await (await this.client.getGitApi()).getRepository(repository, project);
    const { id = 0 } = await api.createDefinition(
      {
        name: yamlFilename.replaceAll(/\W/g, "-"),
        repository: { id: repositoryId, type: "TfsGit", defaultBranch: "main" },
        process,
        variables: Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, { value }])),
      },
      project,
    );
    const permissions = `${this.projectId}/_apis/pipelines/pipelinepermissions/endpoint/${this.connectionId}`;
    const permitted = await this.client.rest.update(
      `${this.client.serverUrl}/${permissions}?api-version=7.1-preview.1`,
      { pipelines: [{ id, authorized: true }] },
    );
    if (permitted.statusCode !== 200) throw new Error(`the permission of ${yamlFilename}: ${permitted.statusCode}`);
    return id;
  }

  /** Runs a pipeline to its end. @returns the run, and what it printed */
  async run(definitionId: number): Promise<Build & { text: string }> {
    const api = await this.client.getBuildApi();
    const { id = 0 } = await api.queueBuild({ definition: { id: definitionId } }, project);
    for (;;) {
      const build = await api.getBuild(project, id);
      if (build.status === BuildStatus.Completed) return { ...build, text: await this.logOf(id) };
      await sleep(100);
    }
  }

  private async logOf(buildId: number): Promise<string> {
    const api = await this.client.getBuildApi();
    const lines: string[] = [];
    for (const { id = 0 } of await api.getBuildLogs(project, buildId)) {
      lines.push(...(await api.getBuildLogLines(project, buildId, id)));
    }
    return lines.map((line) => line.replace(/^\S+Z /, "")).join("\n");
  }
}
