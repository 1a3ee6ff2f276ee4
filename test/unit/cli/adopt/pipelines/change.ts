import type { Wish } from "../../../../../src/cli/adopt/choose";
import { changedLines, PipelineCopy } from "./pipeline-copy";

/** The files that `change` was last given, as it left them. */
export let copy: PipelineCopy;

afterEach(() => {
  copy.remove();
});

/** The image that the tests' pipelines name. */
export const stock = "mcr.microsoft.com/mlops/python";

/** The lines of the container resource that the command adds. */
export const resource = [
  "+resources:",
  "+  containers:",
  "+    - container: jobcontainer",
  "+      image: $(jobContainerImage)",
  "+      endpoint: acrconnection",
  "+",
];

/** What the command changes in files, and what it says; it has nothing to do the second time. */
export function change(files: Record<string, string> | string, wish: Wish = {}) {
  copy = new PipelineCopy(typeof files === "string" ? { "ci.yml": files } : files);
  const before = copy.readAll();
  const said = copy.adopt(wish).split("\n");
  const after = copy.readAll();
  const lines = [...before].flatMap(([file, text]) => changedLines(text, after.get(file) ?? ""));
  copy.adopt(wish);
  expect(copy.readAll()).toEqual(after);
  return { lines: lines.map((line) => line.replace(/\n$/, "")), said };
}
