import type { CoverageStatistic } from "../run";
import type { Report } from "./xml";

/**
 * The lines of all files that reports are about, put together: a line is covered if one of them says so. So counts the
 * library that `PublishCodeCoverageResults@2` takes (microsoft/azure-pipelines-coveragepublisher).
 */
export function linesOf(reports: Report[]): CoverageStatistic {
  const lines = new Map<string, boolean>();
  for (const { place, isCovered } of reports.flatMap(linesIn)) lines.set(place, isCovered || lines.get(place) === true);
  const covered = [...lines.values()].filter((isCovered) => isCovered).length;
  return { label: "line", position: 4, covered, total: lines.size };
}

interface Line {
  /** Package, class or file, and number. */
  place: string;
  isCovered: boolean;
}

function linesIn(report: Report): Line[] {
  return report.kind === "Cobertura" ? coberturaLines(report.content) : jacocoLines(report.content);
}

function coberturaLines({ packages }: Extract<Report, { kind: "Cobertura" }>["content"]): Line[] {
  return (packages?.package ?? []).flatMap(({ "@name": name, classes }) =>
    (classes?.class ?? []).flatMap((each) =>
      (each.lines?.line ?? []).map((line) => ({
        place: JSON.stringify([name, each["@name"], each["@filename"], line["@number"]]),
        isCovered: Number(line["@hits"]) > 0,
      })),
    ),
  );
}

function jacocoLines(group: Pick<Extract<Report, { kind: "JaCoCo" }>["content"], "package" | "group">): Line[] {
  const own = (group.package ?? []).flatMap(({ "@name": name, sourcefile = [] }) =>
    sourcefile.flatMap(({ "@name": file, line = [] }) =>
      line.map((each) => ({ place: JSON.stringify([name, file, each["@nr"]]), isCovered: Number(each["@ci"]) > 0 })),
    ),
  );
  return [...own, ...(group.group ?? []).flatMap(jacocoLines)];
}
