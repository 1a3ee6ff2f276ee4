import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInside, unstopped } from "../../../local-cloud/base-image/inside";
import { imageConfig, layersOf } from "./far-side";

/** An image, unpacked, in which steps can be run as an agent runs them. */
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
      execFileSync("tar", ["--extract", "--file", join(directory, "layer"), "--directory", join(directory, "root")]);
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

  dispose(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
