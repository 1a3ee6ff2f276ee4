import type { ListedEnvironment } from "./list";
import type { ShownPipeline } from "./pipelines";
import type { CommentSummary, PreviewSummary } from "./preview";
import type { SweepSummary } from "./sweep";
import type { UpSummary } from "./up";

/** What `up` says at its end. */
export function upReport({ name, branch, stack, image, pipelines, changes }: UpSummary): string {
  return [
    "",
    `The environment ${name} of branch ${branch} is up (${changesReport(changes)}).`,
    `  stack     ${stack}`,
    `  image     ${image}`,
    ...pipelines.map(pipelineLine),
  ].join("\n");
}

function pipelineLine({ name, url }: ShownPipeline): string {
  return `  pipeline  ${name}  ${url}`;
}

/** What `preview` says at its end. */
export function previewReport({ name, branch, isNew, changes }: PreviewSummary): string {
  return `The environment ${name} of branch ${branch} would be ${isNew ? "created" : "updated"}: ${changesReport(changes)}.`;
}

/** `3 create, 8 same`: in Pulumi's words. */
function changesReport(changes: Record<string, number>): string {
  const parts = Object.entries(changes).map(([operation, count]) => `${count} ${operation}`);
  return parts.length === 0 ? "no resources" : parts.join(", ");
}

const day = 24 * 60 * 60_000;

/** How long ago, in the largest unit that fits: `3 d`. */
function age(time: Date, now: number): string {
  const passed = Math.max(0, now - time.getTime());
  if (passed >= day) return `${Math.floor(passed / day)} d`;
  return passed >= day / 24 ? `${Math.floor((passed * 24) / day)} h` : `${Math.floor(passed / 60_000)} min`;
}

/** The table that `list` prints, with the pipelines of each environment below it. */
export function listReport(environments: ListedEnvironment[], now = Date.now()): string {
  if (environments.length === 0) return "There are no branch environments.";
  const rows = environments.map(({ name, branch, branchExists, state, created, updated, image }) => [
    name,
    branchExists ? branch : `${branch} (gone)`,
    state,
    age(created, now),
    updated === undefined ? "never" : age(updated, now),
    image ?? "none",
  ]);
  const table = [["NAME", "BRANCH", "STATE", "AGE", "UPDATED", "IMAGE"], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  const [head = "", ...lines] = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const blocks = environments.map(({ pipelines }, index) => [lines[index], ...pipelines.map(pipelineLine)]);
  return [head, ...blocks.flat()].join("\n");
}

/** What `sweep` says at its end. */
export function sweepReport({ found, destroyed, failed }: SweepSummary): string {
  const left = found.length - destroyed.length - failed.length;
  const counts = [
    `${destroyed.length} destroyed`,
    ...(left > 0 ? [`${left} left`] : []),
    ...(failed.length > 0 ? [`${failed.length} failed:`] : []),
  ].join(", ");
  return [
    failed.length > 0 ? counts : `${counts}.`,
    ...failed.map(({ name, branch, error }) => `  ${name} of branch ${branch}: ${error}`),
  ].join("\n");
}

/** What `preview --comment` says at its end. */
export function commentReport({ action, url, others, failed }: CommentSummary): string {
  return [
    `The comment was ${action}: ${url}`,
    ...others.map((other) => `There is another one like it, which was left alone: ${other}`),
    ...failed.map((title) => `The preview failed: ${title}`),
  ].join("\n");
}
