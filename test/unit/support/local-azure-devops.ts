import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { getPersonalAccessTokenHandler, WebApi } from "azure-devops-node-api";
import type { ExecuteRun } from "../../../local-cloud/agent/run";
import { defaultProcess } from "../../../local-cloud/azuredevops/core/processes";
import { type BareRepository, noObject } from "../../../local-cloud/azuredevops/git/bare-repository";
import { createAzureDevOps } from "../../../local-cloud/azuredevops/server";
import { type AzureDevOpsState, azureDevOpsForm } from "../../../local-cloud/azuredevops/state";
import { type AzureDevOpsPlaces, type AzureDevOpsStores, openStores } from "../../../local-cloud/azuredevops/stores";
import { organizationUsers } from "../../../local-cloud/cloud/organization-users";
import { pages } from "../../../local-cloud/pages/routes";
import type { RegistryContents } from "../../../local-cloud/registry/contents";
import { readStateFile } from "../../../local-cloud/state/state-file";
import { seedOf } from "../../support/repository";

export const personalAccessToken = "local-token";
export const tenantId = "6f1b2c3d-0a4e-4f5b-8c6d-7e8f90a1b2c3";

const seed = seedOf({
  "docker/Dockerfile": "FROM base\n",
  "docker/docker-image-pipeline.yml": "trigger: none\n",
  "README.md": "# Diabetes regression\n",
});

/** An agent for tests of what needs none. */
const noAgent: ExecuteRun = async () => {
  throw new Error("this test has no agent");
};

const noRegistries: RegistryContents = {
  list: () => [],
  repositories: async () => [],
  images: async () => [],
};

/** An Azure DevOps of a test's own, served on a free port, with Microsoft's client signed in to it. */
export class LocalAzureDevOps {
  private constructor(
    /** URL of the organization. */
    readonly url: string,
    readonly client: WebApi,
    readonly stores: AzureDevOpsStores,
    private readonly places: AzureDevOpsPlaces,
    /** Ends the server; what it keeps stays. */
    readonly stop: () => Promise<void>,
    readonly directory: string,
  ) {}

  /**
   * A token of Microsoft Entra is here `entra:` and the object id.
   *
   * @param directory of one that was stopped, to go on from there
   */
  static async start(
    execute: ExecuteRun = noAgent,
    directory = mkdtempSync(join(tmpdir(), "azure-devops-")),
    registries = noRegistries,
  ): Promise<LocalAzureDevOps> {
    const places = placesIn(directory);
    if (!existsSync(places.organization)) await writeBeginning(places);
    const stores = await openStores(places, () => seed);
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const server = createAzureDevOps({
      stores,
      agent: {
        execute,
        checkTask: (task) => (task.startsWith("Docker@") ? [] : [{ message: `Task ${task} is not emulated` }]),
        sign: async ({ issuer, subject }) => `signed for ${issuer} ${subject}`,
        tokenUrl: (tenant) => `http://entra.test/${tenant}`,
        addressOf: (loginServer) => `address of ${loginServer}`,
      },
      pages: (app, contents) => pages(app, { ...contents, registries }, url),
      personalAccessToken,
      entra: { objectIdOf: async (token) => /^entra:(.*)$/.exec(token)?.[1], users: organizationUsers },
      url,
      organization: "local",
      tenantId,
    });
    server.log.level = "silent";
    await server.listen({ host: "127.0.0.1", port });
    const client = new WebApi(`${url}/local`, getPersonalAccessTokenHandler(personalAccessToken));
    return new LocalAzureDevOps(`${url}/local`, client, stores, places, () => server.close(), directory);
  }

  /** Ends the server and removes what it kept. */
  async close(): Promise<void> {
    await this.stop();
    await openStores(this.places, () => seed); // what it kept, a restart could read
    rmSync(this.directory, { recursive: true });
  }

  get state(): AzureDevOpsState {
    return this.stores.organization.data;
  }

  /** What a server would start from now. */
  savedState(): AzureDevOpsState {
    return readStateFile(this.places.organization, azureDevOpsForm);
  }

  /** The one repository that it begins with, on disk. */
  get repository(): BareRepository {
    return this.stores.repositories.of({ id: this.repositoryId });
  }

  /** The commit that a branch of it leads to; 40 zeros if there is none. */
  head(branch = "main"): string {
    return this.repository.ref(`refs/heads/${branch}`) ?? noObject;
  }

  get projectId(): string {
    return only(this.state.projects).id;
  }

  get repositoryId(): string {
    return only(this.state.repositories).id;
  }

  /** Creates a project, and waits for it. */
  async createProject(name: string): Promise<void> {
    const versioncontrol = { sourceControlType: "Git" };
    const processTemplate = { templateTypeId: defaultProcess.id };
    await this.request("POST", "_apis/projects", { name, capabilities: { versioncontrol, processTemplate } });
    while (!this.state.projects.some((project) => project.name === name)) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** A request as a client without a library makes it. */
  async request(method: string, path: string, body?: unknown): Promise<{ status: number; body: ErrorBody }> {
    const response = await fetch(`${this.url}/${path}`, {
      method,
      headers: {
        Authorization: `Basic ${Buffer.from(`:${personalAccessToken}`).toString("base64")}`,
        Accept: "application/json;api-version=7.1-preview",
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? {} : JSON.parse(text) };
  }
}

/** Files of a new local Azure DevOps, by their paths: Git takes a while to make them, and they are always the same. */
let beginning: { path: string; content: Buffer; mode: number }[] | undefined;

async function writeBeginning({ organization }: AzureDevOpsPlaces): Promise<void> {
  const directory = dirname(organization);
  if (beginning === undefined) {
    const made = mkdtempSync(join(tmpdir(), "azure-devops-beginning-"));
    await openStores(placesIn(made), () => seed);
    const entries = readdirSync(made, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());
    const files = entries.map(({ parentPath, name }) => join(parentPath, name));
    beginning = files.map((file) => ({
      ...{ path: relative(made, file), content: readFileSync(file), mode: statSync(file).mode },
    }));
    rmSync(made, { recursive: true });
  }
  for (const { path, content, mode } of beginning) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content, { mode });
  }
}

function placesIn(directory: string): AzureDevOpsPlaces {
  return {
    ...{ organization: join(directory, "azure-devops.json"), repositories: join(directory, "repositories") },
    runs: join(directory, "runs"),
  };
}

/** What tests look at in an answer: the service's form of an error, or anything else. */
export interface ErrorBody {
  message?: string;
  typeKey?: string;
  [property: string]: unknown;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

function only<T>(items: T[]): T {
  const [item] = items;
  if (item === undefined) throw new Error("there is none");
  return item;
}
