import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTask } from "../../../../../local-cloud/agent/tasks";
import { Variables } from "../../../../../local-cloud/agent/variables";
import { taskStep } from "../../../support/task-step";

test("what a build prints is the task's output, in which the agent looks for commands", async () => {
  const folder = mkdtempSync(join(tmpdir(), "docker-task-"));
  try {
    const command = "#5 0.1 ##vso[task.setvariable variable=tags]other";
    writeFileSync(join(folder, "Dockerfile"), "FROM scratch\n");
    writeFileSync(join(folder, "buildctl"), `#!/bin/sh\necho '${command}' >&2\n`);
    chmodSync(join(folder, "buildctl"), 0o755);
    const output: string[] = [];
    const step = taskStep({ line: () => undefined, output: (text) => output.push(text) });
    const variables = new Variables();
    variables.set("System.TeamFoundationCollectionUri", "https://dev.azure.com/contoso/");
    await runTask(
      "Docker@2",
      { command: "build", repository: "mlops/model", Dockerfile: "Dockerfile", tags: "1", addBaseImageData: "false" },
      {
        ...{ ...step, variables, directory: join(folder, "step") },
        builder: { ...step.builder, buildctl: join(folder, "buildctl") },
        workspace: { ...step.workspace, hostPath: (path) => join(folder, path) },
      },
    );
    expect(output).toEqual([command]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
