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
  /** The configuration's namespace: the Pulumi project's name. */
  namespace: string;
  /** The whole configuration, as `namespace:key` → value; that of an object or a list is its JSON. */
  config: Record<string, string>;
  /** Settings that hold whatever the configuration says. */
  own?: Record<string, unknown>;
  /** Environment variables. */
  env: Record<string, string | undefined>;
}

/** Either the settings, or all that is wrong with them, a sentence each. */
export type CheckedSettings = { settings: StackSettings; mistakes?: never } | { settings?: never; mistakes: string[] };

/** Checks all settings together. */
export async function checkSettings(source: SettingsSource): Promise<CheckedSettings> {
  const { namespace, config, env } = source;
  const own = { ...ownSettings(source), ...source.own };
  const result = parseSettings(own);
  const mistakes = result.success ? [] : result.error.issues.flatMap((issue) => describe(namespace, issue));
  if (isSet(own.modelPipeline) && isSet(own.modelPipelines)) {
    mistakes.push(
      `${namespace}:modelPipeline ${JSON.stringify(own.modelPipeline)} and ${namespace}:modelPipelines are both set ` +
        "(one of them by a default in Pulumi.yaml, if the stack's own file has only one): leave modelPipeline out",
    );
  }

  if (result.success) {
    for (const { setting, problem } of definitionProblems(result.data.definition, source)) {
      mistakes.push(`${namespace}:${setting} ${problem}`);
    }
    for (const { setting, problem } of modelPipelineProblems(result.data, source.readFile)) {
      mistakes.push(`${namespace}:${setting} ${problem}`);
    }
    for (const problem of infrastructurePipelineProblems(result.data, source.readFile)) {
      mistakes.push(`${namespace}:infrastructurePipeline.path ${problem}`);
    }
    const problem = await builderProblem(result.data.builder, env);
    if (problem) mistakes.push(`${namespace}:builder ${problem}`);
  }
  const { url, mistake } = organizationUrlOf(config, env);
  if (mistake) mistakes.push(mistake);
  const location = config["azure-native:location"];
  if (!location) {
    mistakes.push("azure-native:location is not set: the Azure region to create resources in, for example westeurope");
  } else if (!locationRule.pattern.test(location)) {
    mistakes.push(`azure-native:location ${JSON.stringify(location)} must be ${locationRule.text}`);
  }
  if (!result.success || url === undefined || mistakes.length > 0) return { mistakes };
  // As the provider takes it: https://www.pulumi.com/registry/packages/azuredevops/installation-configuration/
  const accessToken = config["azuredevops:personalAccessToken"] || env.AZDO_PERSONAL_ACCESS_TOKEN || undefined;
  const isOfApplication = accessToken !== undefined && isApplicationToken(accessToken, env);
  return { settings: { ...result.data, organizationUrl: url, accessToken, isApplicationToken: isOfApplication } };
}

/** The settings of this program, by name; objects and lists are parsed. */
function ownSettings({ namespace, config }: SettingsSource): Record<string, unknown> {
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

function describe(namespace: string, issue: { code: string; path: PropertyKey[]; message: string; keys?: string[] }) {
  const path = (keys: PropertyKey[]) => `${namespace}:${keys.map(String).join(".")}`;
  if (issue.code === "unrecognized_keys") {
    return (issue.keys ?? []).map((key) => `${path([...issue.path, key])} is not a setting`);
  }
  return [`${path(issue.path)} ${issue.message}`];
}
