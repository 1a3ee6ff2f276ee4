import { asArgument, type NameOf } from "../common/name-of";
import { locationRule } from "../rules/names";
import { isApplicationToken } from "./application-token";
import { builderProblem } from "./builder";
import { definitionProblems } from "./definition";
import { infrastructurePipelineProblems } from "./infrastructure-pipeline";
import { modelPipelineProblems } from "./model-pipelines";
import { organizationUrlOf } from "./organization-url";
import type { Checkout } from "./read-file";
import { jsonSettings } from "./schema";
import { parseSettings, type Settings } from "./stack-settings";

/** The settings of a stack, with what its providers' own settings say about where it goes. */
export type StackSettings = Settings & {
  /** URL of the Azure DevOps organization, for example `https://dev.azure.com/contoso`. */
  organizationUrl: string;
  /** Access token for Azure DevOps, if the provider signs in with one. */
  accessToken: string | undefined;
  /** Whether that is no person's: of a pipeline's run, or of an application in Microsoft Entra. */
  isApplicationToken: boolean;
};

/** What settings are read from and checked against. */
export interface SettingsSource extends Checkout {
  /** The configuration's namespace: the Pulumi project's name. Undefined: all settings are the program's own. */
  namespace: string | undefined;
  /** The whole configuration, as `namespace:key` → value; that of an object or a list is its JSON. */
  config: Record<string, string>;
  /** Settings that hold whatever the configuration says: the program's arguments. Default: none. */
  own?: Record<string, unknown>;
  /** Whether the program passes providers of its own, of Azure and of Azure DevOps. Default: it does not. */
  explicit?: { azure?: boolean; azureDevOps?: boolean };
  /** URL of the organization, if the program says it. Default: as the configuration says. */
  organizationUrl?: string;
  /** Environment variables. */
  env: Record<string, string | undefined>;
}

/** Either the settings, or all that is wrong with them, a sentence each. */
export type CheckedSettings = { settings: StackSettings; mistakes?: never } | { settings?: never; mistakes: string[] };

/** Checks all settings together. */
export async function checkSettings(source: SettingsSource): Promise<CheckedSettings> {
  const { namespace, config, env, explicit = {}, organizationUrl } = source;
  const own = { ...configured(source), ...source.own };
  const at: NameOf = (path) =>
    isArgument(source, path) || namespace === undefined ? asArgument(path) : `${namespace}:${path}`;
  const result = parseSettings(own);
  const mistakes = result.success ? [] : result.error.issues.flatMap((issue) => describe(at, issue));
  if (isSet(own.modelPipeline) && isSet(own.modelPipelines)) {
    const byDefault =
      namespace === undefined ? "" : " (one of them by a default in Pulumi.yaml, if the stack's own file has only one)";
    mistakes.push(
      `${at("modelPipeline")} ${JSON.stringify(own.modelPipeline)} and ${at("modelPipelines")} are both set${byDefault}: ` +
        "leave modelPipeline out",
    );
  }

  if (result.success) {
    for (const { setting, problem } of definitionProblems(result.data.definition, source)) {
      mistakes.push(`${at(setting)} ${problem}`);
    }
    for (const { setting, problem } of modelPipelineProblems(result.data, source.readFile)) {
      mistakes.push(`${at(setting)} ${problem}`);
    }
    for (const problem of infrastructurePipelineProblems(result.data, source.readFile)) {
      mistakes.push(`${at("infrastructurePipeline.path")} ${problem}`);
    }
    const problem = await builderProblem(result.data.builder, env);
    if (problem) mistakes.push(`${at("builder")} ${problem}`);
  }
  const { url, mistake } = organizationUrlOf(config, env, organizationUrl, explicit.azureDevOps);
  if (mistake) mistakes.push(mistake);
  // A provider that is passed has its own, which nobody can read.
  const noLocation = explicit.azure ? undefined : locationMistake(config["azure-native:location"]);
  if (noLocation) mistakes.push(noLocation);
  if (!result.success || url === undefined || mistakes.length > 0) return { mistakes };
  // As the provider takes it: https://www.pulumi.com/registry/packages/azuredevops/installation-configuration/
  const accessToken = config["azuredevops:personalAccessToken"] || env.AZDO_PERSONAL_ACCESS_TOKEN || undefined;
  const isOfApplication = accessToken !== undefined && isApplicationToken(accessToken, env);
  return { settings: { ...result.data, organizationUrl: url, accessToken, isApplicationToken: isOfApplication } };
}

function locationMistake(location: string | undefined): string | undefined {
  if (!location) {
    return "azure-native:location is not set: the Azure region to create resources in, for example westeurope";
  }
  if (locationRule.pattern.test(location)) return undefined;
  return `azure-native:location ${JSON.stringify(location)} must be ${locationRule.text}`;
}

/** Whether a setting is one that the program passes, and not the configuration's. */
export function isArgument({ own = {} }: Pick<SettingsSource, "own">, path: string): boolean {
  return (path.split(".")[0] ?? "") in own;
}

/** The settings that the configuration has, by name; objects and lists are parsed. */
function configured({ namespace, config }: SettingsSource): Record<string, unknown> {
  if (namespace === undefined) return {};
  const prefix = `${namespace}:`;
  return Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => {
        const name = key.slice(prefix.length);
        return [name, jsonSettings.has(name) ? parseJson(value) : value];
      }),
  );
}

/** Whether a text or a list is there and not empty. */
function isSet(value: unknown): boolean {
  return (typeof value === "string" || Array.isArray(value)) && value.length > 0;
}

/** A value that is no JSON stays a text, which the schema then refuses with a message. */
function parseJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function describe(at: NameOf, issue: { code: string; path: PropertyKey[]; message: string; keys?: string[] }) {
  const path = (keys: PropertyKey[]) => at(keys.map(String).join("."));
  if (issue.code === "unrecognized_keys") {
    return (issue.keys ?? []).map((key) => `${path([...issue.path, key])} is not a setting`);
  }
  return [`${path(issue.path)} ${issue.message}`];
}
