import { type Edit, yamlSource } from "../../conda/text-edit";
import type { Job } from "../../pipeline-files/job";
import type { Target } from "./edit-container";
import {
  endOf,
  flowSource,
  indentOf,
  indentUnit,
  isFlow,
  keySource,
  linesBehind,
  linesInFrontOf,
  pairSource,
} from "./source";

/**
 * The edit of a job's file that gives it a container: behind the line that names the job, or in front of the steps at the
 * root of a pipeline.
 *
 * @param form the resource's name, or image and endpoint themselves: in a template, whose pipelines may have no such
 * resource
 */
export function addContainer(
  { file: { text }, mapping, entry, kind }: Job,
  target: Target,
  form: "name" | "mapping",
): Edit {
  const { image, endpoint, alias } = target;
  const { key } = entry;
  const pairs: [string, string][] = [
    ["image", image],
    ["endpoint", endpoint],
  ];
  if (isFlow(mapping)) {
    const source = `${keySource("container", key)}: ${form === "name" ? yamlSource(alias, true, key) : flowSource(pairs, key)}`;
    if (kind === "steps") return { start: key.range[0], end: key.range[0], text: `${source}, ` };
    const end = entry.value === null ? text.indexOf(":", key.range[1]) + 1 : endOf(text, entry.value);
    return { start: end, end, text: `, ${source}` };
  }
  const below = pairs.map(([name, value]) => indentUnit(text) + pairSource(name, value, key, false));
  const lines =
    form === "name" ? [pairSource("container", alias, key, false)] : [`${keySource("container", key)}:`, ...below];
  return kind === "steps"
    ? linesInFrontOf(text, key, indentOf(mapping), lines)
    : linesBehind(text, entry.value === null ? key.range[1] : endOf(text, entry.value), indentOf(mapping), lines);
}
