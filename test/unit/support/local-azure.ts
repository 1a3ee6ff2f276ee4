import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { createAzure } from "../../../local-cloud/azure/server";
import { type AzureState, azureForm, seedSubscriptions } from "../../../local-cloud/azure/state";
import { managementAudience, operator, subscriptionId, TokenIssuer } from "../../../local-cloud/cloud/identity";
import type { RegistryHost } from "../../../local-cloud/registry/host";
import { readStateFile } from "../../../local-cloud/state/state-file";
import { Store } from "../../../local-cloud/state/store";

/** Id of the local cloud's subscription. */
export const subscription = `/subscriptions/${subscriptionId}`;

/** Registries that run nowhere: it only remembers what was asked of it. */
export class FakeRegistries implements RegistryHost {
  readonly running = new Set<string>();

  async create(name: string): Promise<string> {
    this.running.add(name);
    return `127.0.0.1:${9490 + this.running.size - 1}`;
  }

  async remove(name: string): Promise<void> {
    this.running.delete(name);
  }
}

let issuer: Promise<TokenIssuer> | undefined;

/** The operator's client secret in this Azure. */
export const operatorSecret = "only-here";

/** An answer of Resource Manager. */
export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes.
  body: any;
}

/** The local cloud's Azure in this process, with a client signed in as the operator. */
export class LocalAzure {
  readonly registries = new FakeRegistries();
  readonly store: Store<AzureState>;
  /** Milliseconds after which a federated credential is known. */
  lateness = 0;
  private readonly stateFile: string;
  readonly server: FastifyInstance;

  private constructor(
    private readonly directory: string,
    readonly tokens: TokenIssuer,
    private readonly metadata: { address: string },
  ) {
    this.stateFile = join(directory, "azure.json");
    this.store = new Store(this.stateFile, azureForm, seedSubscriptions);
    const { store, registries } = this;
    const lateness = () => this.lateness;
    this.server = createAzure({ store, tokens, secretOf: () => operatorSecret, registries, metadata, lateness });
  }

  /** Host and port. */
  get address(): string {
    return this.metadata.address;
  }

  /** Starts it on a free port. */
  static async start(): Promise<LocalAzure> {
    const directory = mkdtempSync(join(tmpdir(), "local-azure-"));
    // Making a key takes longer than everything else here: one does for all tests of a file.
    issuer ??= TokenIssuer.open(join(directory, "keys.json"), "http://127.0.0.1/local-azure");
    const tokens = await issuer;
    const azure = new LocalAzure(directory, tokens, { address: "" });
    azure.metadata.address = new URL(await azure.server.listen({ host: "127.0.0.1", port: 0 })).host;
    return azure;
  }

  async stop(): Promise<void> {
    await this.server.close();
    if (existsSync(this.stateFile)) readStateFile(this.stateFile, azureForm); // what it kept, a restart could read
    rmSync(this.directory, { recursive: true });
  }

  /** One request to Resource Manager. @param identity who asks; default the operator. */
  async request(
    method: "GET" | "PUT" | "PATCH" | "DELETE" | "POST",
    path: string,
    apiVersion: string,
    payload?: object,
    identity: { objectId: string; clientId: string } = operator,
  ): Promise<Answer> {
    const token = await this.tokens.issueAzureToken(identity, managementAudience);
    return this.fetch(`${path}${path.includes("?") ? "&" : "?"}api-version=${apiVersion}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(payload === undefined ? {} : { body: JSON.stringify(payload) }),
    });
  }

  /** One request of any kind. */
  async fetch(path: string, init?: RequestInit): Promise<Answer> {
    const response = await fetch(`http://${this.address}${path}`, init);
    const text = await response.text();
    return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
  }

  async createGroup(name = "mlops"): Promise<string> {
    await this.request("PUT", `${subscription}/resourceGroups/${name}`, "2024-03-01", { location: "westeurope" });
    return `${subscription}/resourceGroups/${name}`;
  }

  async createRegistry(group: string, name = "mlopsregistry", properties: object = {}): Promise<string> {
    const id = `${group}/providers/Microsoft.ContainerRegistry/registries/${name}`;
    const body = { location: "westeurope", sku: { name: "Standard" }, properties };
    const { status } = await this.request("PUT", id, "2025-04-01", body);
    if (status !== 201) throw new Error(`the registry was not created: ${status}`);
    return id;
  }

  async createIdentity(
    group: string,
    name = "job-identity",
  ): Promise<{ id: string; objectId: string; clientId: string }> {
    const id = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
    const { body } = await this.request("PUT", id, "2023-01-31", { location: "westeurope" });
    return { id, objectId: body.properties.principalId, clientId: body.properties.clientId };
  }
}
