import { invalidArgument, ServiceError } from "./errors";

const control = /\p{Cc}/u;

/** Names that Azure DevOps keeps for itself, for Windows, and for the web server. */
const reserved = [
  ...["AUX", "CON", "DefaultCollection", "NUL", "PRN", "SERVER", "SignalR", "Web", "bin", "web.config"],
  ...Array.from({ length: 10 }, (_, index) => `COM${index + 1}`),
  ...Array.from({ length: 9 }, (_, index) => `LPT${index + 1}`),
  ...["Browsers", "code", "Data", "GlobalResources", "LocalResources", "Themes", "WebResources"].map(
    (name) => `App_${name}`,
  ),
];

/**
 * Rules for the names of projects (Azure DevOps, "Naming restrictions and conventions", under "Projects"):
 * https://learn.microsoft.com/azure/devops/organizations/settings/naming-restrictions.
 */
export function checkProjectName(name: string): void {
  const wrong =
    name.trim() !== name ||
    name.length === 0 ||
    name.length > 64 ||
    control.test(name) ||
    /[\\/:*?"'<>|;#$*{},+=[\]]|\p{Cs}/u.test(name) ||
    /^[_.]|\.$/.test(name) ||
    reserved.some((each) => sameName(each, name));
  if (!wrong) return;
  const core = "Microsoft.TeamFoundation.Core.WebApi";
  throw new ServiceError(
    400,
    `${core}.InvalidProjectNameException, ${core}`,
    `The project name '${name}' is not valid. A name has 1 to 64 characters, none of \\ / : * ? " ' < > | ; # $ { } , + = [ ], ` +
      "neither begins with an underscore or a period nor ends with a period, and is not reserved.",
  );
}

/** Rules for the names of Azure Repos Git repositories (Azure DevOps, "Naming restrictions and conventions"). */
export function checkRepositoryName(name: string): void {
  const wrong =
    name.length === 0 ||
    name.length > 64 ||
    control.test(name) ||
    /[/:\\~&%;@'"?<>|#$*}{,+=[\]]/.test(name) ||
    /^[_.]|\.$/.test(name);
  if (wrong) throw invalidArgument(`TF400898: The Git repository name '${name}' is not valid.`);
}

/** Rules for the names of pipelines: those of a file, as the service keeps them as paths. */
export function checkDefinitionName(name: string): void {
  const wrong =
    name.trim() !== name ||
    name.length === 0 ||
    name.length > 260 ||
    control.test(name) ||
    /["/:<>\\|*?@]/.test(name) ||
    name.endsWith(".");
  if (wrong) {
    throw invalidArgument(
      `The pipeline name '${name}' is not valid. A name has 1 to 260 characters, none of " / : < > \\ | * ? @, ` +
        "and neither begins or ends with a space nor ends with a period.",
    );
  }
}

/** The canonical form of a pipeline folder: "\" or "\a\b". Throws where a folder name has a forbidden character. */
export function normalizeFolder(path: string): string {
  const parts = path.split("\\").filter((part) => part !== "");
  if (parts.some((part) => control.test(part) || /[<>|:$@"/%+*?]/.test(part) || part.length > 248)) {
    throw invalidArgument(`The folder path '${path}' is not valid. None of < > | : $ @ " / % + * ? is allowed in it.`);
  }
  return `\\${parts.join("\\")}`;
}

/** A name that a person reads in a list: a service connection's, a variable group's. */
export function checkDisplayName(kind: string, name: string): void {
  if (name.trim() === "" || name.length > 256 || control.test(name)) {
    throw invalidArgument(`The ${kind} name '${name}' is not valid. A name has 1 to 256 characters and is not blank.`);
  }
}

/** Names, types and keys in Azure DevOps compare without regard to case. */
export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/**
 * An enumeration's value by name, whichever way it was sent: the service takes names and numbers.
 *
 * @param names the values' names by their numbers
 * @throws ServiceError for anything else
 */
export function enumName<Name extends string>(names: Record<number, Name>, value: unknown): Name {
  const found = Object.entries(names).find(
    ([number, name]) =>
      Number(number) === value || (typeof value === "string" && (sameName(name, value) || number === value)),
  );
  if (!found) throw invalidArgument(`'${value}' is not one of ${Object.values(names).join(", ")}.`);
  return found[1];
}
