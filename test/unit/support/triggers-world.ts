import type { Build } from "azure-devops-node-api/interfaces/BuildInterfaces";
import { BuildStatus } from "azure-devops-node-api/interfaces/BuildInterfaces";
import type { ExecuteRun } from "../../../local-cloud/agent/run";
import type { Build as KeptBuild } from "../../../local-cloud/azuredevops/builds/state";
import { noObject } from "../../../local-cloud/azuredevops/git/bare-repository";
import { commitFiles, localAuthor } from "../../../local-cloud/git/commit-files";
import { textFile } from "../../support/repository";
import { LocalAzureDevOps } from "./local-azure-devops";

/** An Azure DevOps whose one repository is pushed to, with pipelines of the file `ci.yml`. */
export class World {
  private constructor(readonly azureDevOps: LocalAzureDevOps) {}

  /** @param directory of one that was stopped, to go on from there */
  static async start(execute: ExecuteRun, directory?: string): Promise<World> {
    return new World(await LocalAzureDevOps.start(execute, directory));
  }

  close(): Promise<void> {
    return this.azureDevOps.close();
  }

  /** Makes a pipeline. @returns its id */
  async define(name: string, more: object): Promise<number> {
    const answer = await this.azureDevOps.request("POST", "mlops/_apis/build/definitions", {
      name,
      repository: { id: this.azureDevOps.repositoryId, type: "TfsGit", defaultBranch: "refs/heads/main" },
      process: { type: 2, yamlFilename: "ci.yml" },
      ...more,
    });
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
    return Number(answer.body.id);
  }

  /** Pushes files to a branch, in one commit; a branch that is not there begins at main by the same push. */
  async commit(branch: string, files: Record<string, string>, comment = "Change files"): Promise<void> {
    const { repository } = this.azureDevOps;
    const ref = `refs/heads/${branch}`;
    const head = repository.ref(ref);
    const own = await this.made(head ?? this.azureDevOps.head(), files, comment);
    await this.move(ref, head ?? noObject, own);
  }

  /** Pushes a new branch with several commits. */
  async push(branch: string, ...commits: Record<string, string>[]): Promise<void> {
    let head = this.azureDevOps.head();
    for (const files of commits) head = await this.made(head, files, "Change files");
    await this.move(`refs/heads/${branch}`, noObject, head);
  }

  /** Makes a branch of what main has. */
  branch(name: string): Promise<void> {
    return this.move(`refs/heads/${name}`, noObject, this.azureDevOps.head());
  }

  async move(name: string, oldObjectId: string, newObjectId: string): Promise<void> {
    const path = `mlops/_apis/git/repositories/${this.azureDevOps.repositoryId}/refs`;
    const { status, body } = await this.azureDevOps.request("POST", path, [{ name, oldObjectId, newObjectId }]);
    if (status !== 200) throw new Error(JSON.stringify(body));
  }

  /** The runs that there are, as they are kept. */
  builds(): readonly KeptBuild[] {
    return this.azureDevOps.stores.runs.data.builds;
  }

  /** A run, once it is over. */
  async finished(id: number): Promise<Build> {
    const api = await this.azureDevOps.client.getBuildApi();
    for (;;) {
      const build: Build | null = await api.getBuild("mlops", id);
      if (build?.status === BuildStatus.Completed) return build;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** A commit that no branch leads to yet. */
  private async made(parent: string, files: Record<string, string>, message: string): Promise<string> {
    const { repository } = this.azureDevOps;
    const ref = "refs/local-cloud/test";
    const all = Object.entries(files).map(([path, text]) => textFile(path, text));
    await commitFiles(repository.directory, { ref, message, author: localAuthor, parent, files: all, without: [] });
    const made = repository.ref(ref);
    if (made === undefined) throw new Error(`${ref} has no commit`);
    repository.update({ name: ref, oldObjectId: made, newObjectId: noObject });
    return made;
  }
}
