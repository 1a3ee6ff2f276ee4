import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAgent } from "../../../local-cloud/agent/agent";
import { agentCgroup } from "../../../local-cloud/agent/containers/step-host";
import type {
  Connection,
  ExecuteRun,
  Publication,
  Recorder,
  Result,
  RunContext,
  RunPart,
  RunVariable,
} from "../../../local-cloud/agent/run";
import { checkTask } from "../../../local-cloud/agent/tasks";
import { isAllowed } from "../../../local-cloud/azure/authorization";
import { createAzure } from "../../../local-cloud/azure/server";
import { azureForm, seedSubscriptions } from "../../../local-cloud/azure/state";
import { artifactsIn } from "../../../local-cloud/azuredevops/builds/artifacts";
import { cachesIn } from "../../../local-cloud/azuredevops/builds/caches";
import { BareRepository } from "../../../local-cloud/azuredevops/git/bare-repository";
import type { AzureDevOpsOptions } from "../../../local-cloud/azuredevops/server";
import { type BaseImage, makeBaseImage } from "../../../local-cloud/base-image";
import { unstopped } from "../../../local-cloud/base-image/inside";
import { startBuildkit } from "../../../local-cloud/buildkit/buildkit";
import {
  managementAudience,
  operator,
  subscriptionId,
  TokenIssuer,
  tenantId,
} from "../../../local-cloud/cloud/identity";
import { type Ports, portsFrom } from "../../../local-cloud/cloud/layout";
import { commitFiles, localAuthor } from "../../../local-cloud/git/commit-files";
import { compilePipeline } from "../../../local-cloud/pipelines/compile";
import type { Plan } from "../../../local-cloud/pipelines/plan";
import { mountsBelow } from "../../../local-cloud/processes/mounts";
import { noRegistries, Registries, registriesForm } from "../../../local-cloud/registry/host";
import { startPublicRegistry } from "../../../local-cloud/registry/public";
import { pushTarballs } from "../../../local-cloud/registry/push";
import { Store } from "../../../local-cloud/state/store";
import { installToolchain } from "../../../local-cloud/toolchain";
import { cacheDirectory } from "../../../local-cloud/toolchain/cache";
import { reservePorts } from "../../support/ports";
import { textFile } from "../../support/repository";
import { RegistryClient } from "./registry-client";

const group = `/subscriptions/${subscriptionId}/resourceGroups/mlops`;
const registryId = `${group}/providers/Microsoft.ContainerRegistry/registries/mlopscr`;
const identityId = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/acrconnection`;

/** What the tokens about the service connection say. */
export const federation = {
  issuer: "https://login.microsoftonline.com/tenant/v2.0",
  subject: "/eid1/c/pub/t/sc/acrconnection",
};

/** What a run has left behind. */
export class Recording implements Recorder {
  parts: RunPart[] = [];
  readonly results = new Map<string, Result>();
  readonly lines: string[] = [];
  readonly issues: string[] = [];
  readonly publications: Publication[] = [];
  /** Called with each line of any log. */
  onLine: (line: string) => void = () => {};

  planned(parts: RunPart[]): void {
    this.parts = parts;
  }
  started(): void {}
  log(_partId: string, line: string): void {
    this.lines.push(line);
    this.onLine(line);
  }
  issue(_partId: string, type: string, message: string): void {
    this.issues.push(`${type}: ${message}`);
  }
  finished(partId: string, result: Result): void {
    if (this.results.has(partId)) throw new Error(`${this.nameOf(partId)} ended twice`);
    this.results.set(partId, result);
  }
  published(what: Publication): void {
    this.publications.push(what);
  }

  get text(): string {
    return this.lines.join("\n");
  }

  /** The results of those parts that do something of the pipeline's own, by name. */
  get outcome(): Record<string, Result | undefined> {
    const agents = /^(Initialize|Finalize|Checkout)/;
    const shown = this.parts.filter(({ name, type }) => type !== "Stage" && !agents.test(name));
    return Object.fromEntries(shown.map(({ id, name }) => [name, this.results.get(id)]));
  }

  private nameOf(partId: string): string {
    return this.parts.find(({ id }) => id === partId)?.name ?? partId;
  }
}

export interface Attempt {
  /** The repository's. */
  files?: Record<string, string>;
  variables?: Record<string, string>;
  secrets?: Record<string, string>;
  /** The variable groups that there are. */
  groups?: Record<string, RunVariable[]>;
  recording?: Recording;
  signal?: AbortSignal;
  /** What the YAML cannot say. */
  change?: (plan: Plan) => void;
}

/** The parts of a local cloud that an agent works with, and an agent: a registry, an identity that may push to it. */
export class AgentCloud {
  private readonly directory = mkdtempSync(join(tmpdir(), "agent-"));
  private readonly ends: (() => Promise<unknown>)[] = [];
  private assignmentId = "";

  private constructor(
    readonly ports: Ports,
    readonly base: BaseImage,
    private readonly tokens: TokenIssuer,
  ) {}

  private execute: ExecuteRun = () => Promise.reject(new Error("the agent has not been started"));
  private identity = { principalId: "", clientId: "" };
  loginServer = "";

  static async start(): Promise<AgentCloud> {
    const base = await makeBaseImage(cacheDirectory(), unstopped());
    const keys = join(mkdtempSync(join(tmpdir(), "agent-keys-")), "keys.json");
    const cloud = new AgentCloud(
      portsFrom(await reservePorts()),
      base,
      await TokenIssuer.open(keys, "http://127.0.0.1/tenant/"),
    );
    cloud.ends.push(async () => rmSync(join(keys, ".."), { recursive: true }));
    await cloud.startParts();
    return cloud;
  }

  /** The image that stands for a public one. */
  get baseImage(): string {
    return `${this.publicRegistry}/base:latest`;
  }

  private get publicRegistry(): string {
    return `127.0.0.1:${this.ports.publicRegistry}`;
  }

  private get azureUrl(): string {
    return `http://127.0.0.1:${this.ports.azure}`;
  }

  /** What a local Azure DevOps needs to run pipelines here. */
  get agent(): AzureDevOpsOptions["agent"] {
    return {
      ...{ execute: this.execute, checkTask },
      sign: (about) => this.tokens.issueFederatedToken(about),
      tokenUrl: (tenant) => this.tokenUrl(tenant),
      addressOf: () => this.loginServer,
    };
  }

  /** A service connection to the registry, as a request to Azure DevOps has it. */
  connection(name: string, projectId: string) {
    const parameters = { tenantId, loginServer: "mlopscr.azurecr.io", serviceprincipalid: this.identity.clientId };
    return {
      ...{ name, type: "dockerregistry", url: "https://mlopscr.azurecr.io", data: { registrytype: "ACR" } },
      authorization: { scheme: "WorkloadIdentityFederation", parameters: { ...parameters, scope: registryId } },
      serviceEndpointProjectReferences: [{ projectReference: { id: projectId }, name }],
    };
  }

  private tokenUrl(tenant: string): string {
    return `${this.azureUrl}/${tenant}/oauth2/v2.0/token`;
  }

  private async startParts(): Promise<void> {
    const { directory, ports, base, tokens } = this;
    const { buildkitd, buildctl, registry, runc } = await installToolchain();
    const buildkit = await startBuildkit({ directory, executable: buildkitd, runc, port: ports.buildkit });
    this.ends.push(() => buildkit.stop());
    const publicRegistry = await startPublicRegistry({ directory, executable: registry, port: ports.publicRegistry });
    this.ends.push(() => publicRegistry.stop());
    await pushTarballs(this.publicRegistry, "base", "latest", [base.rootfs], base.config);

    const store = new Store(join(directory, "azure.json"), azureForm, seedSubscriptions);
    const registries = new Registries({
      store: new Store(join(directory, "registries.json"), registriesForm, noRegistries),
      ...{ directory, executable: registry, tokens, ports: ports.registries },
      isAllowed: (...asked) => isAllowed(store.data, 0, ...asked),
      isPublic: () => true,
      takesManagementTokens: () => true,
    });
    this.ends.push(() => registries.stop());
    const azure = createAzure({
      ...{ store, tokens, registries },
      secretOf: () => randomUUID(),
      metadata: { address: new URL(this.azureUrl).host },
    });
    this.ends.push(() => azure.close());
    await azure.listen({ host: "127.0.0.1", port: ports.azure });

    const location = { location: "westeurope" };
    await this.arm("PUT", group, "2024-03-01", location);
    const created = await this.arm("PUT", registryId, "2025-04-01", {
      ...{ ...location, sku: { name: "Basic" }, properties: {} },
    });
    this.loginServer = String(created.loginServer);
    const { principalId, clientId } = await this.arm("PUT", identityId, "2023-01-31", location);
    this.identity = { principalId: String(principalId), clientId: String(clientId) };
    this.execute = createAgent({ directory, runc, buildctl, buildkit: `tcp://127.0.0.1:${ports.buildkit}` });
  }

  async stop(): Promise<void> {
    for (const end of this.ends.reverse()) await end();
    rmSync(this.directory, { recursive: true });
  }

  /** Makes the identity trust tokens of this issuer and subject, and no others. */
  async trust(who: { issuer: string; subject: string }): Promise<void> {
    const properties = { ...who, audiences: ["api://AzureADTokenExchange"] };
    await this.arm("PUT", `${identityId}/federatedIdentityCredentials/azure-devops`, "2023-01-31", { properties });
  }

  /** Gives the identity a role on the registry in the place of the one that it has. @param role undefined for none */
  async assign(role: string | undefined): Promise<void> {
    if (this.assignmentId !== "") await this.arm("DELETE", this.assignmentId, "2022-04-01");
    this.assignmentId = "";
    if (role === undefined) return;
    const id = `${registryId}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`;
    const roleDefinitionId = `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
    const { principalId } = this.identity;
    await this.arm("PUT", id, "2022-04-01", {
      properties: { roleDefinitionId, principalId, principalType: "ServicePrincipal" },
    });
    this.assignmentId = id;
  }

  /** Runs a pipeline. Every part of it has to have a result in the end. */
  async run(yaml: string, { files = {}, recording, signal, change, ...attempt }: Attempt = {}) {
    const plan = compilePipeline({
      path: "ci.yml",
      readFile: (path) => (path === "ci.yml" ? yaml : undefined),
      ...{ parameters: {}, variables: {}, checkTask },
    });
    change?.(plan);
    const recorder = recording ?? new Recording();
    const context = await this.contextOf(files, attempt);
    const result = await this.execute(plan, context, recorder, signal ?? new AbortController().signal);
    expect([...recorder.results.keys()].sort()).toEqual(recorder.parts.map(({ id }) => id).sort());
    return Object.assign(recorder, { result });
  }

  /** The tags of a repository in the registry, and their digests. */
  async tagsOf(repository: string): Promise<Record<string, string>> {
    const identity = { ...this.identity, objectId: this.identity.principalId };
    const client = new RegistryClient(this.loginServer, () =>
      this.tokens.issueAzureToken(identity, managementAudience),
    );
    const token = await client.accessToken("identity", `repository:${repository}:pull`);
    const list = await client.call("GET", `/v2/${repository}/tags/list`, token);
    const { tags }: { tags: string[] } = JSON.parse(await list.text());
    const digests = tags.sort().map(async (tag) => {
      const response = await client.call("HEAD", `/v2/${repository}/manifests/${tag}`, token);
      return [tag, response.headers.get("docker-content-digest") ?? ""];
    });
    return Object.fromEntries(await Promise.all(digests));
  }

  /** What the agent has left on this machine: directories, mounts, control groups. */
  leftovers(): string[] {
    const own = join(this.directory, "agent");
    const hierarchies = readdirSync("/sys/fs/cgroup").map((name) =>
      join("/sys/fs/cgroup", name, agentCgroup(this.directory)),
    );
    const mounts = mountsBelow(readFileSync("/proc/self/mountinfo", "utf8"), own);
    return [own, ...hierarchies].filter((path) => existsSync(path)).concat(mounts);
  }

  private async arm(method: string, path: string, version: string, body?: object): Promise<Record<string, unknown>> {
    const token = await this.tokens.issueAzureToken(operator, managementAudience);
    const response = await fetch(`${this.azureUrl}${path}?api-version=${version}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    const answer: { properties?: Record<string, unknown> } = text === "" ? {} : JSON.parse(text);
    return answer.properties ?? {};
  }

  private async contextOf(
    files: Record<string, string>,
    { variables = {}, secrets = {}, groups = {} }: Pick<Attempt, "variables" | "secrets" | "groups">,
  ): Promise<RunContext> {
    const git = new BareRepository(join(this.directory, `repository-${randomUUID()}`));
    git.create();
    await commitFiles(git.directory, {
      ...{ ref: "refs/heads/feature/a", message: "Add the files", author: localAuthor, without: [] },
      files: Object.entries(files).map(([path, text]) => ({
        ...textFile(path, text),
        mode: path.endsWith(".sh") ? "100755" : "100644",
      })),
    });
    const set = (values: Record<string, string>, secret: boolean) =>
      Object.entries(values).map(([name, value]) => ({ name, value, secret }));
    return {
      ...{
        id: 7,
        number: "20250102.3",
        started: { "Build.Reason": "Manual" },
        organizationUrl: "http://127.0.0.1:9480/local",
      },
      definition: { id: 3, name: "ci", path: "\\" },
      project: { id: "project-id", name: "mlops" },
      repository: {
        ...{ id: "repository-id", name: "model", provider: "TfsGit" },
        url: `file://${git.directory}`,
      },
      branch: "refs/heads/feature/a",
      version: git.ref("refs/heads/feature/a") ?? "",
      accessToken: "the-token-of-the-run",
      variables: [...set(variables, false), ...set(secrets, true)],
      groupVariables: (name) => groups[name] ?? [],
      artifacts: artifactsIn(join(this.directory, "artifacts", randomUUID()), 7),
      caches: cachesIn(join(this.directory, "caches")),
      connection: (name): Connection => {
        if (name !== "acrconnection") throw new Error(`service connection ${name} could not be found`);
        return {
          ...{ id: "1", name, type: "dockerregistry", scheme: "WorkloadIdentityFederation", tenantId },
          ...{ loginServer: this.loginServer, clientId: this.identity.clientId, resourceId: managementAudience },
          ...{ subscriptionId: undefined, environment: undefined },
          federatedToken: () => this.tokens.issueFederatedToken(federation),
        };
      },
      secretsOf: () => [this.loginServer],
      tokenUrl: (tenant) => this.tokenUrl(tenant),
    };
  }
}
