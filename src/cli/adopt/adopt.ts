import { UserError } from "../../common/errors";
import { replaceText } from "../../common/files";
import { pathFromRoot } from "../../common/repository";
import { applyEdits } from "../../conda/text-edit";
import { isCalled } from "../../pipeline-files/job";
import type { Pipeline } from "../../pipeline-files/read-pipeline";
import { unifiedDiff } from "../unified-diff";
import type { Wish } from "./choose";
import type { FoundFile } from "./find-files";
import { plan } from "./plan";
import { refusal, textReport } from "./report";

export interface Options extends Wish {
  check?: true;
  diff?: true;
}

/** What came of a file. */
export interface Outcome {
  kind: "changed" | "unchanged" | "bare" | "refused" | "other";
  path: string;
  /** The same from the repository root. */
  fromRoot: string;
  /** What was done, or why nothing was, for a person. */
  text: string;
  /** The changes as patches, by the path from the repository root of the file that each is for. */
  patches: Map<string, string>;
  /** The templates that are changed. */
  templates: string[];
  /** Whether a part is left to do by hand. */
  isPartial: boolean;
}

/**
 * Makes the jobs of a pipeline run in the job container, if every edit that it takes is safe.
 *
 * A pipeline that was found in a folder may have no container to change, and is left alone (`bare`); of one that was
 * named it is a refusal.
 *
 * @param programs those that the image has, of those that steps are known to need
 */
export function adopt(found: FoundFile, options: Options, programs: string[]): Outcome {
  const { path } = found;
  const nothing = { path, fromRoot: path, patches: new Map<string, string>(), templates: [], isPartial: false };
  if (found.kind === "other") return { kind: "other", text: found.reason, ...nothing };
  if (found.kind === "broken") return { kind: "refused", text: found.reason, ...nothing };
  const { pipeline, isNamed } = found;
  // In a folder, a job is in one of the pipelines.
  const job = isNamed ? options.job : options.job?.filter((name) => pipeline.jobs.some((each) => isCalled(each, name)));
  if (job?.length === 0) return { kind: "bare", text: "", ...nothing };
  try {
    return edit(pipeline, { ...options, job }, programs);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { kind: error.isBare && !isNamed ? "bare" : "refused", text: error.message, ...nothing };
  }
}

class Refused extends UserError {
  constructor(
    message: string,
    readonly isBare: boolean,
  ) {
    super(message);
  }
}

function edit(pipeline: Pipeline, options: Options, programs: string[]): Outcome {
  const made = plan(pipeline, options);
  const { choice, edits } = made;
  if (choice.kind !== "chosen") throw new Refused(refusal(choice, pipeline, options), choice.kind === "none");

  const fromRoot = (path: string) => pathFromRoot({ root: pipeline.root, folder: process.cwd() }, path);
  const writes = !options.check && !options.diff;
  const patches = new Map<string, string>();
  for (const [file, ofFile] of edits) {
    const edited = applyEdits(file.text, ofFile);
    if (writes) replaceText(file.path, edited);
    const path = fromRoot(file.path);
    const patch = options.diff && unifiedDiff(path, file.text, edited);
    if (patch) patches.set(path, patch);
  }
  return {
    kind: edits.size > 0 ? "changed" : "unchanged",
    path: pipeline.path,
    fromRoot: fromRoot(pipeline.path),
    text: textReport(choice, pipeline, made, { written: writes, programs }),
    patches,
    templates: [...edits.keys()].map(({ path }) => path).filter((path) => path !== pipeline.path),
    isPartial: choice.values.length > 0,
  };
}
