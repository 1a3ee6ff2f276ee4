import type { Step } from "./job";
import { entryOf, isMapping, type Mapping, type PipelineFile, textOf } from "./pipeline-file";

/**
 * Tasks that put another Python in front of the image's: that of the agent's tool cache, or an environment of the agent's
 * conda. https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/use-python-version-v0
 */
const tasks: [RegExp, string][] = [
  [/^UsePythonVersion@/i, "puts the agent's Python in front of the image's, without the image's packages: remove it"],
  [/^CondaEnvironment@/i, "makes an environment with the agent's conda, which is not in the image: remove it"],
];

/**
 * The agent's own conda, as Microsoft's machines have it:
 * https://learn.microsoft.com/azure/devops/pipelines/ecosystems/anaconda
 */
const agentsConda = /\$CONDA\b|\$\{CONDA\}|\$\(CONDA\)|\$env:CONDA\b|\/usr\/share\/miniconda\b/i;

const scripts = ["script", "bash", "pwsh", "powershell"];

/** What a step does that a container defeats; undefined if nothing is known against it. */
export function defeatedStep(file: PipelineFile, mapping: Mapping): Step | undefined {
  const task = entryOf(mapping, "task");
  const name = textOf(task?.value) ?? "";
  const effect = tasks.find(([pattern]) => pattern.test(name))?.[1];
  if (task !== undefined && effect !== undefined) return { place: file.place(task.key), name, effect };
  const inputs = entryOf(mapping, "inputs")?.value;
  const written = [
    ...scripts.map((key) => entryOf(mapping, key)),
    isMapping(inputs) ? entryOf(inputs, "script") : undefined,
  ];
  const script = written.find((entry) => agentsConda.test(textOf(entry?.value) ?? ""));
  if (script === undefined) return undefined;
  return {
    place: file.place(script.key),
    name: "the script",
    effect: "uses the agent's conda, which is not in the image: remove that",
  };
}
