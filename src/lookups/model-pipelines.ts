import { readDefinition } from "../azure-devops/definitions";
import type { ProjectApi } from "../azure-devops/rest";
import { UserError } from "../common/errors";
import { formerKeyOf, keyOf, type ModelPipelineSettings, roleOf } from "../rules/model-pipelines";
import { type AdoptedDefinition, findAdopted } from "./adopted-definition";
import { type LookupContext, nameOf } from "./context";
import { lookUp } from "./look-up";
import { type PlannedDefinition, requireNew } from "./new-definition";
import { type OwnOutputs, onlyModelPath, ownDefinitions } from "./own-outputs";
import type { PipelineSource } from "./pipeline-source";
import { sayUnpushed } from "./pushed-files";
import { sayWhatStays } from "./what-stays";

/** A model pipeline whose definition is made by the stack, and deleted with it. */
export interface NewModelPipeline {
  /** Its definition is the stack's own. */
  kind: "new";
  /** Path of its YAML file, from the repository root. */
  path: string;
  /** Tells its resources from those of the others; it stays as it is for as long as the pipeline does. */
  key: string;
  /** A key that it had before. */
  formerKey?: string;
  /** What its definition's name has behind the image's, unless it has a name of its own. */
  role: string;
  /** Name of its definition. The environment's is put behind it in that of a branch. */
  name?: string;
  /** Folder of its definition. Default: that of all. */
  folder?: string;
}

/** A model pipeline on a definition that exists. */
export interface AdoptedModelPipeline {
  /** Its definition is somebody else's. */
  kind: "adopted";
  /** Path of its YAML file, from the repository root. */
  path: string;
  /** The definition that was found. */
  definition: AdoptedDefinition;
  /** Access to its project. */
  api: ProjectApi;
}

/** A model pipeline, after what it needs was looked up. */
export type FoundModelPipeline = NewModelPipeline | AdoptedModelPipeline;

/** The model pipelines that a stack is to have, and what decides what each needs. */
export interface ModelPipelinesRequest extends Pick<LookupContext, "nameOf"> {
  /** As the settings have them. */
  pipelines: ModelPipelineSettings[];
  /** Where their files are. */
  source: PipelineSource;
  /** Access token for Azure DevOps, if there is one. */
  accessToken: string | undefined;
  /** What the stack put out when it was last up. */
  own: OwnOutputs;
  /** The environment of a branch adopts nothing: its definitions are its own. */
  environment: "base" | "branch";
  /** Whether the engine would refuse to destroy the stack. */
  isProtected: boolean;
}

/** What a stack's model pipelines are made of. */
export interface ModelPipelines {
  /** In the order in which they were asked for. */
  models: FoundModelPipeline[];
  /** Throws if a definition that is to be made exists. Names of a branch environment are nobody else's. */
  requireNew?: (definition: PlannedDefinition) => Promise<void>;
}

/**
 * Finds the definitions that are adopted, says which files are not on the branch that the pipelines run from, and what a
 * definition that was adopted keeps.
 *
 * @throws UserError if a definition that is to be adopted cannot be
 */
export async function findModelPipelines(request: ModelPipelinesRequest): Promise<ModelPipelines> {
  const { pipelines, source, accessToken: token, own, environment, isProtected } = request;
  const api = token === undefined ? undefined : { projectUrl: source.projectUrl, token };
  const isBase = environment === "base";
  const at = (path: string) => nameOf(request, path);
  const made = ownDefinitions(own);
  const onlyPath = pipelines.some(({ kind }) => kind === "listed")
    ? await formerOnlyPath(api, own, at("modelPipelines"))
    : undefined;

  const [models] = await Promise.all([
    Promise.all(
      pipelines.map(async (pipeline, index): Promise<FoundModelPipeline> => {
        const { path, adopt, name, folder } = pipeline;
        if (adopt !== undefined && isBase) {
          const asked = { adopt, path, setting: at(`modelPipelines.${index}.adopt`), repository: at("repository") };
          return { kind: "adopted", path, ...(await findAdopted(api, source, asked, made)) };
        }
        const [key, formerKey] = [keyOf(pipeline), formerKeyOf(pipeline, onlyPath)];
        return { kind: "new", path, key, formerKey, role: roleOf(pipeline), name, folder };
      }),
    ),
    sayUnpushed(
      api,
      source,
      pipelines.map(({ path }) => path),
    ),
  ]);
  requireDifferent(models, at("modelPipelines"));
  const adopted = models.flatMap((model) => (model.kind === "adopted" ? model.definition : []));
  sayWhatStays(own, adopted, isProtected);
  return {
    models,
    ...(isBase && { requireNew: (definition) => requireNew(api, made, definition, at("modelPipelines")) }),
  };
}

/**
 * The path of the pipeline that was the stack's only one. A stack that was last up before there could be several did not
 * put it out, but its definition has it.
 */
async function formerOnlyPath(
  api: ProjectApi | undefined,
  own: OwnOutputs,
  where: string,
): Promise<string | undefined> {
  const { modelPipeline: only, modelPipelines } = own;
  if (only === undefined || modelPipelines !== undefined) return onlyModelPath(own);
  if (api === undefined) {
    throw new UserError(
      `the file of the pipeline ${only.name}, which this stack made, cannot be looked up without AZDO_PERSONAL_ACCESS_TOKEN. ` +
        "Set it, or run pulumi up once with modelPipeline as it was before you set modelPipelines.",
    );
  }
  const definition = await lookUp(`the pipeline ${only.name}`, where, readDefinition(api, Number(only.id)));
  return definition?.process.yamlFilename?.replace(/^\//, "");
}

/** Two pipelines cannot have one definition. */
function requireDifferent(models: FoundModelPipeline[], where: string): void {
  const paths = new Map<number, string>();
  for (const model of models) {
    if (model.kind === "new") continue;
    const { id, name } = model.definition;
    const other = paths.get(id);
    if (other !== undefined) {
      throw new UserError(
        `${other} and ${model.path} (${where}) both adopt the definition ${name} (${id}): a definition has ` +
          "one file. Take adopt out of one of them.",
      );
    }
    paths.set(id, model.path);
  }
}
