import { dirname } from "node:path/posix";
import { Document, type Pair, Scalar, YAMLMap } from "yaml";
import type { Choices } from "./choose";
import type { Found } from "./look";

/** Where the pipelines of this project are, and what its settings begin with. */
export interface Names {
  /** Name of the Pulumi project. */
  project: string;
  imageBuildPipeline: string;
  infrastructurePipeline: string;
  /** The variable groups of the infrastructure pipeline, which the team makes. */
  variableGroup: string;
  previewVariableGroup: string;
}

/** A setting, and what is still to do about it. */
interface Line {
  key: string;
  value: unknown;
  todo?: string;
}

/** `Pulumi.dev.yaml`: what was found, and a TODO for what was not. */
export function stackFile(found: Found, choices: Choices, names: Names): string {
  const lines = settings(found, choices, names);
  const config = new YAMLMap();
  const document = new Document({});
  for (const { key, value, todo } of lines) {
    const pair: Pair = document.createPair(key, value);
    if (todo !== undefined && pair.key instanceof Scalar) pair.key.commentBefore = ` TODO: ${todo}`;
    config.items.push(pair);
  }
  document.contents = document.createNode({});
  document.set("config", config);
  document.commentBefore =
    " The stack dev: the job container of the default branch. All settings are explained in docs/settings.md of the package.";
  const text = document.toString({ lineWidth: 0, flowCollectionPadding: false });
  return `${text}${infrastructure(names)}`;
}

/** What is left to do, in the order of the file: the same that its comments say. */
export function todosOf(found: Found, choices: Choices, names: Names): { setting: string; text: string }[] {
  return settings(found, choices, names).flatMap(({ key, todo }) =>
    todo === undefined ? [] : [{ setting: key, text: todo }],
  );
}

function settings(found: Found, { dockerfile, conda, modelPipelines, todos }: Choices, names: Names): Line[] {
  const own = (setting: string, value: unknown, todo?: string): Line => ({
    key: `${names.project}:${setting}`,
    value,
    todo: todo ?? todos.find((one) => one.setting === setting)?.text,
  });
  const { remote } = found;
  const azure = remote?.kind === "azureRepos" ? remote : undefined;
  const why = remote === undefined ? whyUnknown(found) : "the repository is on GitHub";
  const whenAzure = (todo: string) => (azure === undefined ? `${todo} (${why})` : undefined);
  return [
    {
      key: "azuredevops:orgServiceUrl",
      value: azure?.organizationUrl ?? "https://dev.azure.com/TODO",
      todo: whenAzure("the organization in Azure DevOps"),
    },
    { key: "azure-native:location", value: "westeurope", todo: "the Azure region of what is created" },
    own("project", azure?.project ?? "TODO", whenAzure("the project in Azure DevOps")),
    own(
      "repository",
      remote?.kind === "gitHub"
        ? { kind: "gitHub", name: remote.name, defaultBranch: found.defaultBranch, serviceConnection: "TODO" }
        : { kind: "azureRepos", name: found.name, defaultBranch: found.defaultBranch },
      remote?.kind === "gitHub" ? "the project's service connection to GitHub" : undefined,
    ),
    own(
      "registry",
      { kind: "new", name: registryName(found.name) },
      "a name that no registry in Azure has yet, or the Azure ML workspace's registry: {kind: workspace, workspace: …, resourceGroup: …}",
    ),
    own("imageName", imageName(found.name)),
    own("dockerfile", dockerfile.path),
    ...(dockerfile.buildContext === dirname(dockerfile.path) ? [] : [own("buildContext", dockerfile.buildContext)]),
    own("condaFile", conda.ci),
    own("trainingFiles", conda.training),
    own("scoringFiles", conda.scoring),
    own("imageBuildPipeline", names.imageBuildPipeline),
    own(
      "modelPipelines",
      modelPipelines.paths.map((path) => ({ path })),
    ),
  ];
}

/** The pipeline that deploys needs connections and variable groups that somebody has to make first. */
function infrastructure({ project, infrastructurePipeline, variableGroup, previewVariableGroup }: Names): string {
  return [
    "  # To deploy by a pipeline, and preview pull requests through a connection to Azure that can only read:",
    `  # ${project}:infrastructurePipeline: {path: ${infrastructurePipeline}, azureConnection: …, previewConnection: …, ` +
      `variableGroup: ${variableGroup}, previewVariableGroup: ${previewVariableGroup}}`,
    "",
  ].join("\n");
}

function whyUnknown({ isGit, remoteUrl }: Found): string {
  if (!isGit) return "this is no Git repository";
  if (remoteUrl === undefined) return "the repository has no remote origin";
  return "the remote origin is neither in Azure Repos nor on GitHub";
}

/** A name by Azure's rule, of 5 to 50 letters and digits. */
function registryName(repository: string): string {
  const letters = repository.toLowerCase().replace(/[^a-z\d]/g, "");
  return `${letters.slice(0, 46)}acr`.padStart(5, "m");
}

/** A repository of an image, by the registries' rule. */
export function imageName(repository: string): string {
  const name = repository
    .toLowerCase()
    .replace(/[^a-z\d._-]+/g, "-")
    .replace(/^[._-]+|[._-]+$/g, "")
    .replace(/([._-])[._-]+/g, "$1");
  return name === "" ? "job-container" : name;
}
