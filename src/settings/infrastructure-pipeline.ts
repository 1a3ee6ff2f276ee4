import { parse } from "yaml";
import * as z from "zod";
import { sameName } from "../common/same-name";
import type { ReadFile } from "./read-file";
import type { Settings } from "./stack-settings";

const withVariables = z.object({ variables: z.unknown() });

/**
 * What the infrastructure pipeline's file lacks. Which connection and which variable group a run has, it has to say by
 * itself before the run begins, so that a preview gets nothing that deploys; a file of a version before says neither. A
 * group's name in it cannot come from a variable of the definition: those of the page are not known that early
 * (https://github.com/MicrosoftDocs/azure-devops-docs/issues/11557).
 *
 * A file that is not checked out is not looked at: it may be on the default branch only.
 */
export function infrastructurePipelineProblems({ environment }: Settings, readFile: ReadFile): string[] {
  const setting = environment.kind === "base" ? environment.infrastructurePipeline : undefined;
  const text = setting && readFile(setting.path);
  if (setting === undefined || text === undefined) return [];
  const { path, previewConnection, variableGroup, previewVariableGroup } = setting;
  const named = groupsIn(text);
  const wanted = [variableGroup, previewVariableGroup].filter((name) => name !== undefined);
  const has = (names: string[], name: string) => names.some((one) => sameName(one, name));
  const quoted = (names: string[]) => names.map((name) => JSON.stringify(name)).join(" and ");
  const missing = wanted.filter((name) => !has(named, name));
  const unknown = named.filter((name) => !has(wanted, name));
  return [
    ...(text.includes("$(previewConnection)") || text.includes(previewConnection)
      ? []
      : [
          `${JSON.stringify(path)} does not use $(previewConnection): pull requests would be previewed through the ` +
            "connection that deploys. `npx job-container init --diff` shows how the file is now",
        ]),
    ...(missing.length > 0
      ? [
          `${JSON.stringify(path)} does not name the variable group ${quoted(missing)}: write it behind \`- group:\` there`,
        ]
      : []),
    ...(unknown.length > 0
      ? [
          `${JSON.stringify(path)} names the variable group ${quoted(unknown)}, which no setting does, so that its runs may ` +
            "not use it: set variableGroup and previewVariableGroup, or take it out of the file",
        ]
      : []),
  ];
}

/** The variable groups that the `variables` of a pipeline's file name, behind whatever conditions. */
function groupsIn(text: string): string[] {
  try {
    return groupsBelow(withVariables.parse(parse(text)).variables);
  } catch {
    return []; // What is wrong with its YAML, Azure Pipelines says.
  }
}

function groupsBelow(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "group" && typeof inner === "string" ? inner : groupsBelow(inner),
  );
}
