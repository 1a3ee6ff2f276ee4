import type { CoverageStatistic } from "../run";
import type { Report } from "./xml";

/** The agent's order of what is counted; anything else comes last. */
const positions: Record<string, number> = { class: 1, complexity: 2, method: 3, line: 4, instruction: 5 };
const last = 6;

/**
 * What a report says of itself as a whole, read as the agent reads it (microsoft/azure-pipelines-agent,
 * src/Agent.Worker/CodeCoverage): of Cobertura's, lines and branches; of JaCoCo's, all counters.
 *
 * @param path names the report in errors
 * @throws Error in the agent's words for what should be a number
 */
export function summaryOf({ kind, content }: Report, path: string): CoverageStatistic[] {
  const number = (of: string, text: string) => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isFinite(value)) return Math.trunc(value);
    throw new Error(
      `Unable to retrieve value for '${of}' from the summary file '${path}'. Verify the summary file is well-formed and try again.`,
    );
  };
  if (kind === "Cobertura") {
    return (["lines", "branches"] as const).flatMap((what) => {
      const [covered, total] = [content[`@${what}-covered`], content[`@${what}-valid`]];
      if (covered === undefined || total === undefined) return [];
      return [
        {
          label: titleCase(what),
          position: what === "lines" ? positionOf("line") : last,
          covered: number(`${what}-covered`, covered),
          total: number(`${what}-valid`, total),
        },
      ];
    });
  }
  return (content.counter ?? []).map((counter) => {
    const { "@type": type = "", "@covered": covered = "0", "@missed": missed = "0" } = counter;
    const known = number("covered", covered);
    return {
      label: titleCase(type),
      position: positionOf(type.toLowerCase()),
      covered: known,
      total: known + number("missed", missed),
    };
  });
}

function positionOf(what: string): number {
  return positions[what] ?? last;
}

function titleCase(text: string): string {
  return text.toLowerCase().replaceAll(/(^| )\w/g, (first) => first.toUpperCase());
}
