import * as z from "zod";
import type { Filter, Triggers } from "../../pipelines/triggers";
import type { Project } from "../core/state";
import type { Definition } from "../definitions/state";
import { refFilter, signedFilter, withImpliedInclude } from "./filters";

/** Which pushes start a pipeline. */
export interface CiTrigger {
  /** Of branches and tags, by their full names. */
  refs: Filter;
  /** None for all. */
  paths: Filter | undefined;
  /** One run at a time of each branch: what is pushed meanwhile is run together. */
  batch: boolean;
}

/** A trigger of a definition that overrides its YAML file's, as `definitions/triggers.ts` lets it be. */
const ownForm = z.object({
  branchFilters: z.array(z.string()),
  pathFilters: z.array(z.string()),
  batchChanges: z.boolean().nullish(),
});

const none: Filter = { include: [], exclude: [] };

/** Where a definition's trigger for pushes is. A definition without one is started by no push. */
export function ciTriggerSource({ triggers }: Definition): "yaml" | CiTrigger | undefined {
  const own = triggers.find(({ triggerType }) => triggerType === "continuousIntegration");
  if (own === undefined) return undefined;
  if (own.settingsSourceType === 2) return "yaml";
  const { branchFilters, pathFilters, batchChanges } = ownForm.parse(own);
  const paths = pathFilters.length > 0 ? signedFilter(pathFilters) : undefined;
  const refs = withImpliedInclude(refFilter(signedFilter(branchFilters)), "refs/heads/*");
  return { refs, paths, batch: batchChanges ?? false };
}

/**
 * The trigger that a YAML file has: every branch where it says nothing, unless the project's settings forbid that. One
 * that names something names all: with paths or tags alone, no branch is included.
 */
export function yamlCiTrigger({ push }: Triggers, { pipelineSettings }: Project): CiTrigger | undefined {
  if (push === "none" || (push === "implied" && pipelineSettings.disableImpliedYAMLCiTrigger)) return undefined;
  if (push === "implied") {
    return { refs: { include: ["refs/heads/*"], exclude: [] }, paths: undefined, batch: false };
  }
  const branches = withImpliedInclude(refFilter(push.branches ?? none), "refs/heads/*");
  const tags = withImpliedInclude(refFilter(push.tags ?? none, "refs/tags/"), "refs/tags/*");
  return {
    refs: { include: [...branches.include, ...tags.include], exclude: [...branches.exclude, ...tags.exclude] },
    paths: push.paths,
    batch: push.batch,
  };
}
