import { clean, maxSatisfying, validRange } from "semver";
import { machinePythons } from "../tools/python";
import { architecture, prepend, provide } from "../tools/tool";
import type { Task, TaskInputs, TaskStep } from "./task";

const inputs = {
  versionSpec: { default: "3.x" },
  disableDownloadFromRegistry: { default: false },
  addToPath: { default: true },
  architecture: { default: "x64", values: [architecture] },
} satisfies TaskInputs;

/**
 * UsePythonVersion@0 (https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/use-python-version-v0) with the
 * Python of the agent's machine. It is put where the job's steps run, in a container too, and there it comes before the
 * image's own.
 */
export const usePythonVersion: Task = { name: "UsePythonVersion", version: 0, inputs, run };

async function run(step: TaskStep<keyof typeof inputs>): Promise<void> {
  const { input, isOn, log, variables, workspace, signal } = step;
  const spec = input("versionSpec");
  if (clean(spec) !== null) {
    log.warn(
      "Specifying an exact version is not recommended on Microsoft-Hosted agents. Patch versions of Python can be " +
        "replaced by new ones on Hosted agents without notice, which will cause builds to fail unexpectedly. It is " +
        "recommended to specify only major or major and minor version (Example: `3` or `3.9`)",
    );
  }
  const tools = await machinePythons(signal);
  const versions = tools.map(({ version }) => version);
  const version = validRange(spec) === null ? null : maxSatisfying(versions, spec);
  const tool = tools.find((each) => each.version === version);
  if (tool === undefined) {
    throw new Error(
      [
        `Version spec ${spec} for architecture ${input("architecture")} did not match any version in Agent.ToolsDirectory.`,
        `Versions in ${workspace.paths.tools}:`,
        ...versions.map((each) => `${each} (${architecture})`),
        "If this is a Microsoft-hosted agent, check that this image supports side-by-side versions of Python at " +
          "https://aka.ms/hosted-agent-software.",
        "If this is a self-hosted agent, see how to configure side-by-side Python versions at " +
          "https://go.microsoft.com/fwlink/?linkid=871498.",
      ].join("\n"),
    );
  }
  const folder = provide(step, tool);
  variables.set("pythonLocation", folder);
  if (!isOn("addToPath")) return;
  prepend(step, folder);
  prepend(step, `${folder}/bin`);
}
