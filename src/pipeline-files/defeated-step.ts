import type { Step } from "./job";
import { entryOf, isMapping, type Mapping, type PipelineFile, textOf } from "./pipeline-file";

interface Effect {
  effect: string;
  program?: string;
}

const azureCli: Effect = {
  program: "az",
  effect: "needs the program az in the image: add azure-cli (conda-forge has it) to the CI file",
};
const docker: Effect = {
  program: "docker",
  effect: "needs Docker, which a job container does not have: move it to a job without a container",
};
const sudo: Effect = {
  program: "sudo",
  effect: "uses sudo, which the image need not have: install in the Dockerfile what it is for",
};

/**
 * Tasks that put another Python in front of the image's: that of the agent's tool cache, or an environment of the agent's
 * conda; and tasks that run a program which the agent's machine has and the image not by itself.
 * https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/use-python-version-v0
 */
const tasks: [RegExp, Effect][] = [
  [
    /^UsePythonVersion@/i,
    { effect: "puts the agent's Python in front of the image's, without the image's packages: remove it" },
  ],
  [
    /^CondaEnvironment@/i,
    { effect: "makes an environment with the agent's conda, which is not in the image: remove it" },
  ],
  [/^AzureCLI@/i, azureCli],
  [/^Docker(?:Compose)?@/i, docker],
];

/**
 * The agent's own conda, as Microsoft's machines have it:
 * https://learn.microsoft.com/azure/devops/pipelines/ecosystems/anaconda
 */
const agentsConda = /\$CONDA\b|\$\{CONDA\}|\$\(CONDA\)|\$env:CONDA\b|\/usr\/share\/miniconda\b/i;

/** What a script does that a container defeats. A program counts where a command can begin. */
const commands: [RegExp, Effect][] = [
  [agentsConda, { effect: "uses the agent's conda, which is not in the image: remove that" }],
  [beginning("sudo"), sudo],
  [beginning("az"), azureCli],
  [beginning("docker"), docker],
];

function beginning(program: string): RegExp {
  return new RegExp(`(?:^|[;&|({]|\\b(?:then|do|else|sudo))[ \\t]*${program}[ \\t]+[\\w-]`, "m");
}

const scripts = ["script", "bash", "pwsh", "powershell"];

/** What a step does that a container defeats; undefined if nothing is known against it. */
export function defeatedStep(file: PipelineFile, mapping: Mapping): Step | undefined {
  // It runs on the agent's machine.
  if (textOf(entryOf(mapping, "target")?.value)?.toLowerCase() === "host") return undefined;
  const task = entryOf(mapping, "task");
  const name = textOf(task?.value) ?? "";
  const effect = tasks.find(([pattern]) => pattern.test(name))?.[1];
  if (task !== undefined && effect !== undefined) return { place: file.place(task.key), name, ...effect };
  const inputs = entryOf(mapping, "inputs")?.value;
  const written = [
    ...scripts.map((key) => entryOf(mapping, key)),
    isMapping(inputs) ? entryOf(inputs, "script") : undefined,
  ];
  for (const script of written) {
    const found = commands.find(([pattern]) => pattern.test(textOf(script?.value) ?? ""));
    if (script !== undefined && found !== undefined) {
      return { place: file.place(script.key), name: "the script", ...found[1] };
    }
  }
  return undefined;
}
