import { join as joinPath } from "node:path/posix";
import type { Choices } from "./choose";
import type { Found } from "./look";
import type { Written } from "./write";

/** What init found, did and leaves to do. */
export interface Report {
  /** The project folder, from the repository root. */
  directory: string;
  /** The command that installs the packages. */
  install: string;
  found: Found;
  choices: Choices;
  files: Written[];
  /** Of the files, those that the repository's own `.gitignore` keeps out of a commit. */
  ignored: string[];
  todos: { setting: string; text: string }[];
  /** What a file lacks that was there already. */
  lacking: { path: string; text: string; command?: string }[];
}

/** The commands to type next, in their order. */
export function nextCommands(report: Report): string[] {
  const { directory, choices, found, lacking } = report;
  const { paths, isNew } = choices.modelPipelines;
  const install = lacking.flatMap(({ command }) => command ?? [])[0] ?? report.install;
  const up = directory === "." ? "" : joinPath(...directory.split("/").map(() => ".."), "/");
  const adopted = isNew ? [] : paths.map((path) => quoted(`${up}${path}`));
  return [
    directory === "." ? install : `cd ${quoted(directory)} && ${install}`,
    ...(adopted.length > 0 ? [`npx job-container adopt ${adopted.join(" ")}`] : []),
    ...(found.isGit ? ['git add --all :/ && git commit -m "A job container of our own" && git push'] : []),
    "npx pulumi up --stack dev",
  ];
}

/** The report for people. */
export function textReport(report: Report, dryRun: boolean): string {
  const { directory, found, choices, files, ignored, todos, lacking } = report;
  const others = found.projects.filter((path) => path !== joinPath(directory, "Pulumi.yaml"));
  const rows = [
    ["repository", `${found.name}${found.isGit ? "" : " (no Git repository: paths are from here)"}`],
    ["remote", found.remoteUrl === undefined ? "none" : withoutUser(found.remoteUrl)],
    ["default branch", found.defaultBranch],
    ["Dockerfile", dockerfileOf(choices)],
    ["conda files", condaFilesOf(choices)],
    ["model pipelines", listed(choices.modelPipelines.isNew ? [] : choices.modelPipelines.paths)],
    ["without a container", listed(found.pipelines.withoutContainer)],
    ...(others.length > 0 ? [["other Pulumi projects", `${listed(others)} (left alone)`]] : []),
  ];
  const words = { written: "written", kept: "kept", missing: "would be written" };
  return [
    "Found",
    ...table(rows),
    "",
    dryRun ? "Files (a dry run: nothing is written)" : "Files",
    ...table(files.map(({ path, outcome }) => [path, words[outcome]])),
    ...(ignored.length > 0
      ? ["", `Git ignores ${ignored.join(", ")}: commit with git add --force, or choose another folder (--directory).`]
      : []),
    ...lacking.flatMap(({ path, text }) => ["", `${path} is kept: ${text}.`]),
    ...(todos.length > 0
      ? [
          "",
          `To do in ${joinPath(directory, "Pulumi.dev.yaml")}`,
          ...table(todos.map(({ setting, text }) => [setting, text])),
        ]
      : []),
    "",
    "Then",
    ...nextCommands(report).map((command) => `  ${command}`),
    "",
    "To try it first without an account: npx local-cloud start",
  ].join("\n");
}

function dockerfileOf({ dockerfile: { path, buildContext, isNew } }: Choices): string {
  if (isNew) return `none: ${path} is a new one`;
  return `${path}, built in ${buildContext === "." ? "the root" : buildContext}`;
}

function condaFilesOf({ conda: { ci, training, scoring, isNew } }: Choices): string {
  if (isNew) return `none: ${ci} is a new one`;
  return [`CI ${ci}`, `training ${listed(training)}`, `scoring ${listed(scoring)}`].join("; ");
}

function listed(paths: string[]): string {
  return paths.length === 0 ? "none" : paths.join(", ");
}

/** A URL can have a name and a token in it. */
function withoutUser(url: string): string {
  return url.replace(/^(\w+:\/\/)[^@/]*@/, "$1");
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

function table(rows: (string | undefined)[][]): string[] {
  const width = Math.max(0, ...rows.map(([first = ""]) => first.length));
  return rows.map(([first = "", second = ""]) => `  ${first.padEnd(width)}  ${second}`);
}
