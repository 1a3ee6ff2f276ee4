import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInside, runIsolated, unstopped } from "../../../local-cloud/base-image/inside";
import { imageConfig, layersOf } from "./far-side";

/**
 * An image, unpacked, in which steps can be run as an agent runs them. Nothing here keeps the process from hearing
 * meanwhile that a server has closed a connection.
 */
export class JobContainer {
  private constructor(
    private readonly directory: string,
    private readonly environment: string[],
  ) {}

  /** Pulls an image. */
  static async pull(loginServer: string, repository: string, reference: string): Promise<JobContainer> {
    const directory = mkdtempSync(join(tmpdir(), "job-container-"));
    mkdirSync(join(directory, "root"));
    for (const layer of await layersOf(loginServer, repository, reference)) {
      writeFileSync(join(directory, "layer"), await layer.content());
      const tar = ["tar", "--extract", "--file", join(directory, "layer"), "--directory", join(directory, "root")];
      await runIsolated(tar, unstopped());
    }
    const { config } = await imageConfig(loginServer, repository, reference);
    return new JobContainer(directory, config.Env ?? []);
  }

  /** Runs a step: bash without a login shell, with the image's variables and nothing else. Returns what it prints. */
  async step(script: string): Promise<string[]> {
    const lines: string[] = [];
    const command = ["/usr/bin/env", "-i", ...this.environment, "bash", "-c", script];
    await runInside(
      join(this.directory, "root"),
      command,
      unstopped((line) => lines.push(line)),
    );
    return lines;
  }

  async dispose(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}
