import type { Variables } from "../../agent/variables";
import { buildError } from "./errors";
import type { RunsState } from "./state";

/** Azure Pipelines' own, where a YAML file has no `name`. */
const defaultFormat = "$(Date:yyyyMMdd).$(Rev:r)";

/** Formats of date and time that are known here, .NET's, with what they give. */
const dateParts: Record<string, (date: Date) => string> = {
  yyyy: (date) => String(date.getUTCFullYear()),
  yy: (date) => twoDigits(date.getUTCFullYear() % 100),
  MM: (date) => twoDigits(date.getUTCMonth() + 1),
  M: (date) => String(date.getUTCMonth() + 1),
  dd: (date) => twoDigits(date.getUTCDate()),
  d: (date) => String(date.getUTCDate()),
  HH: (date) => twoDigits(date.getUTCHours()),
  mm: (date) => twoDigits(date.getUTCMinutes()),
  ss: (date) => twoDigits(date.getUTCSeconds()),
};

/** Tokens of a run number besides variables: https://learn.microsoft.com/azure/devops/pipelines/process/run-number#tokens */
const tokens: Record<string, (date: Date) => number> = {
  DayOfMonth: (date) => date.getUTCDate(),
  DayOfYear: (date) => Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 0)) / 86_400_000),
  Hours: (date) => date.getUTCHours(),
  Minutes: (date) => date.getUTCMinutes(),
  Month: (date) => date.getUTCMonth() + 1,
  Seconds: (date) => date.getUTCSeconds(),
};

/** Variables that the format may name without their prefix. */
const short: Record<string, string> = {
  BuildID: "Build.BuildId",
  BuildDefinitionName: "Build.DefinitionName",
  SourceBranchName: "Build.SourceBranchName",
  TeamProject: "System.TeamProject",
};

/**
 * The number of a run. `$(Rev:r)` counts the runs of the definition whose number is otherwise the same; a revision is
 * never given twice. The service has days begin in the organization's time zone: here that is UTC.
 *
 * @param format the YAML's `name`
 * @throws ServiceError if it gives no valid number
 */
export function runNumber(
  runs: RunsState,
  definitionId: number,
  format: string | undefined,
  variables: Variables,
  now: Date,
): string {
  const known = variables.copy();
  for (const [name, value] of Object.entries(tokens)) known.set(name, String(value(now)));
  for (const [name, variable] of Object.entries(short)) known.set(name, variables.get(variable) ?? "");
  const dated = (format ?? defaultFormat).replace(/\$\((?:Date|Year):([^)]*)\)/gi, (_, pattern: string) =>
    formatDate(pattern, now),
  );
  const rest = known.expand(dated);
  const revised = rest.replace(/\$\(Rev:(\.?)(r+)\)/i, (_, dot: string, digits: string) => {
    return dot + String(nextRevision(runs, definitionId, rest)).padStart(digits.length, "0");
  });
  requireValidNumber(revised, format);
  return revised;
}

/**
 * @param format what it was made from, if it was
 * @throws ServiceError if it is no number that a run may have
 */
export function requireValidNumber(number: string, format?: string): void {
  if (number.length <= 255 && !/["/:<>\\|?@*]/.test(number) && !number.endsWith(".") && number.trim() !== "") return;
  throw buildError(
    400,
    "BuildNumberFormatException",
    `The run number '${number}'${format === undefined ? "" : ` (name: ${format})`} is not valid. It has 1 to 255 characters, none of " / : < > \\ | ? @ *, and does not end with a period.`,
  );
}

function nextRevision({ revisions }: RunsState, definitionId: number, rest: string): number {
  const known = revisions.find((item) => item.definitionId === definitionId && item.rest === rest);
  if (known) return ++known.last;
  revisions.push({ definitionId, rest, last: 1 });
  return 1;
}

function formatDate(pattern: string, date: Date): string {
  return pattern.replace(/([a-z])\1*/gi, (letters) => {
    const part = Object.hasOwn(dateParts, letters) ? dateParts[letters] : undefined;
    if (part) return part(date);
    throw buildError(
      400,
      "BuildNumberFormatException",
      `The local Azure DevOps does not know ${letters} in the date format ${pattern} of a run number. It knows ${Object.keys(dateParts).join(", ")}.`,
    );
  });
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
