import { stringify } from "yaml";
import { pathFromRoot, repositoryOf } from "../../common/repository";
import { projectFolders, readProject } from "../project";
import type { Outcome } from "./adopt";

/** How what came of the files is said, in this order. */
const headings: Record<Outcome["kind"], (isWritten: boolean) => string> = {
  changed: (isWritten) => (isWritten ? "changed" : "to be changed"),
  unchanged: () => "use the job container already",
  bare: () => "left alone, for they have no container with the image",
  refused: () => "refused",
  other: () => "left alone, for they are no pipelines",
};

/** What came of several files, a line for each kind. */
export function summary(outcomes: Outcome[], isWritten: boolean): string {
  const kinds: Outcome["kind"][] = ["changed", "unchanged", "bare", "refused", "other"];
  const lines = kinds.flatMap((kind) => {
    const paths = outcomes.filter((outcome) => outcome.kind === kind).map(({ path }) => path);
    return paths.length === 0 ? [] : [`${paths.length} ${headings[kind](isWritten)}: ${paths.join(", ")}`];
  });
  return lines.join("\n");
}

/**
 * The setting that gives the pipelines the image, ready to be put below `config:` of a stack's settings.
 *
 * @returns undefined if none of them uses the job container
 */
export function settingsToAdd(outcomes: Outcome[]): string | undefined {
  const paths = outcomes.filter(({ kind }) => kind === "changed" || kind === "unchanged").map(({ path }) => path);
  if (paths.length === 0) return undefined;
  const list = [...new Set(paths.map((path) => pathFromRoot(repositoryOf(), path)))].map((path) => ({ path }));
  const text = stringify({ [`${projectName()}:modelPipelines`]: list });
  return [
    "The stack gives them the image by this setting, in Pulumi.<stack>.yaml below config; a pipeline that has a definition",
    "already has it taken up with adopt: <its id>:",
    "",
    text.trimEnd().replace(/^/gm, "  "),
  ].join("\n");
}

/** By which a setting's name begins: the name of the project that is here, or that of the example. */
function projectName(): string {
  const [folder, ...others] = projectFolders(process.cwd());
  return folder !== undefined && others.length === 0 ? readProject(folder).name : "job-container";
}
