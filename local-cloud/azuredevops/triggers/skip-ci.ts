/** https://learn.microsoft.com/azure/devops/pipelines/repos/azure-repos-git#skipping-ci-for-individual-pushes */
const marks = [
  ...["ci", "azurepipelines", "azpipelines", "azp"].flatMap((name) => [`[skip ${name}]`, `[${name} skip]`]),
  ...["skip-checks: true", "skip-checks:true"],
  "***no_ci***",
];

/** Whether a commit's message says that its push starts nothing. */
export function skipsCi(message: string): boolean {
  const lower = message.toLowerCase();
  return marks.some((mark) => lower.includes(mark));
}

/** Such a mark, for a commit of the local cloud itself. */
export const skipCiMark = "[skip ci]";
