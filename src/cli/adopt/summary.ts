import type { Outcome } from "./adopt";

/** How what came of the files is said, in this order. */
const headings: Record<Outcome["kind"], (isWritten: boolean) => string> = {
  changed: (isWritten) => (isWritten ? "changed" : "to be changed"),
  unchanged: () => "use the job container already",
  bare: () => "left alone, for they have no such container or job",
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
