import { UsageError } from "../../common/errors";
import type { StackOutputs } from "../../common/outputs";

type ModelPipeline = StackOutputs["modelPipelines"][number];

/**
 * Chooses one of a stack's model pipelines.
 *
 * @param wanted name of its definition, or path of its file. Not needed where there is only one
 * @throws UsageError that lists them, if it is not clear which
 */
export function chooseModel(pipelines: ModelPipeline[], wanted: string | undefined): ModelPipeline {
  const isWanted = ({ name, path }: ModelPipeline) => name === wanted || path === wanted?.replace(/^\.\//, "");
  const [first, ...others] = wanted === undefined ? pipelines : pipelines.filter(isWanted);
  if (first !== undefined && others.length === 0) return first;
  const problem =
    wanted === undefined
      ? `the stack has ${pipelines.length} model pipelines`
      : `${others.length > 0 ? "several model pipelines are" : "no model pipeline of the stack is"} called ${JSON.stringify(wanted)}`;
  const width = Math.max(...pipelines.map(({ name }) => name.length));
  throw new UsageError(
    [
      `${problem}. Choose one with --pipeline, by its name or its path:`,
      ...pipelines.map(({ name, path }) => `  ${name.padEnd(width)}  ${path}`),
    ].join("\n"),
  );
}
