import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { predefinedPaths } from "../../../local-cloud/agent/predefined";
import type { Phase } from "../../../local-cloud/agent/tasks";
import { runTask } from "../../../local-cloud/agent/tasks";
import type { TaskStep } from "../../../local-cloud/agent/tasks/task";
import { Workspace } from "../../../local-cloud/agent/workspace";
import { taskStep } from "./task-step";

/**
 * A job with a work folder of its own, in which a test runs tasks. The test's file says whom files are given to:
 * `jest.mock` of `agent/containers/machine`, since only root may give files away.
 */
export class TaskJob {
  readonly directory = mkdtempSync(join(tmpdir(), "task-job-"));
  readonly workspace: Workspace;
  readonly lines: string[] = [];
  readonly warnings: string[] = [];
  /** Folders that were put on the PATH, the first one last. */
  readonly path: string[] = [];
  /** What tasks use. A test changes it. */
  step: Omit<TaskStep<string>, "input" | "isOn">;

  constructor() {
    const host = join(this.directory, "work");
    mkdirSync(host);
    this.workspace = new Workspace(host, "/w");
    this.step = {
      ...taskStep({
        line: (text) => this.lines.push(text),
        output: (text) => this.lines.push(text),
        warn: (text) => this.warnings.push(text),
      }),
      workspace: this.workspace,
      prependPath: (folder) => this.path.push(folder),
    };
    for (const [name, value] of Object.entries(predefinedPaths(this.workspace))) this.step.variables.set(name, value);
    this.step.variables.set("Build.BuildId", "7");
  }

  async run(task: string, inputs: Record<string, string>, phase?: Phase): Promise<void> {
    await runTask(task, inputs, this.step, phase);
  }

  /** Writes a file of the job's. @param path for steps */
  write(path: string, text: string): void {
    const file = this.onHost(path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  read(path: string): string {
    return readFileSync(this.onHost(path), "utf8");
  }

  /** Where a file of the job's is on this machine. */
  onHost(path: string): string {
    return join(this.directory, "work", path.replace(/^\/w\//, ""));
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }
}
