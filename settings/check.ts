import { dirname, join } from "node:path";
import { tagRule } from "../components/names";
import { azureMlSdkVersion } from "../environment/azureml-sdk";
import { builderProblem } from "./builder";
import { type Settings, settingsSchema } from "./schema";

/** The settings of a stack, with what its providers' own settings say about where it goes. */
export interface StackSettings extends Settings {
  /** URL of the Azure DevOps organization, for example `https://dev.azure.com/contoso`. */
  organizationUrl: string;
  /** Version of the Azure ML SDK that the environment definition pins, if it pins one. */
  amlSdkVersion: string | undefined;
}

/** What settings are read from and checked against. */
export interface SettingsSource {
  /** The configuration's namespace: the Pulumi project's name. */
  namespace: string;
  /** The whole configuration, as `namespace:key` → value; an object's value is its JSON. */
  config: Record<string, string>;
  environment: Record<string, string | undefined>;
  /** A file's content, or undefined if there is no such file. */
  readFile: (path: string) => string | undefined;
}

/** Either the settings, or all that is wrong with them, a sentence each. */
export type CheckedSettings = { settings: StackSettings; mistakes?: never } | { settings?: never; mistakes: string[] };

/** The settings that Pulumi hands over as JSON. */
const objectSettings = new Set(["repository", "registry", "serviceConnection"]);

/** Checks all settings together. */
export async function checkSettings(source: SettingsSource): Promise<CheckedSettings> {
  const { namespace, config, environment } = source;
  const result = settingsSchema.safeParse(ownSettings(source), { error: defaultError, reportInput: true });
  const mistakes = result.success ? [] : result.error.issues.flatMap((issue) => describe(namespace, issue));

  let amlSdkVersion: string | undefined;
  if (result.success) {
    const { dockerfile } = result.data;
    if (source.readFile(dockerfile) === undefined) {
      mistakes.push(`${namespace}:dockerfile ${JSON.stringify(dockerfile)} does not exist`);
    } else {
      const found = readAmlSdkVersion(join(dirname(dockerfile), "ci_dependencies.yml"), source.readFile);
      if (found.mistake) mistakes.push(found.mistake);
      amlSdkVersion = found.version;
    }
    const problem = await builderProblem(result.data.builder, environment);
    if (problem) mistakes.push(`${namespace}:builder ${problem}`);
  }
  const organizationUrl = config["azuredevops:orgServiceUrl"] ?? environment.AZDO_ORG_SERVICE_URL ?? "";
  if (!/^https?:\/\/[^/]+/.test(organizationUrl)) {
    mistakes.push(
      organizationUrl === ""
        ? "azuredevops:orgServiceUrl is not set, and neither is AZDO_ORG_SERVICE_URL: https://dev.azure.com/<organization>"
        : `azuredevops:orgServiceUrl ${JSON.stringify(organizationUrl)} must be a URL: https://dev.azure.com/<organization>`,
    );
  }
  if (!config["azure-native:location"]) {
    mistakes.push("azure-native:location is not set: the Azure region to create resources in, for example westeurope");
  }
  return result.success && mistakes.length === 0
    ? { settings: { ...result.data, organizationUrl, amlSdkVersion } }
    : { mistakes };
}

/** Reads the conda file that the Dockerfile installs, for the version in the tag `amlsdk-<version>`. */
function readAmlSdkVersion(file: string, readFile: SettingsSource["readFile"]): { version?: string; mistake?: string } {
  const text = readFile(file);
  if (text === undefined) return { mistake: `${file}, the conda file beside the Dockerfile, does not exist` };
  try {
    const version = azureMlSdkVersion(text);
    if (version !== undefined && !tagRule.pattern.test(`amlsdk-${version}`)) {
      return {
        mistake: `${file} pins version "${version}" of the Azure ML SDK for a tag, and a tag is ${tagRule.text}`,
      };
    }
    return { version };
  } catch (error) {
    return { mistake: `${file} is not YAML: ${error instanceof Error ? error.message : error}` };
  }
}

/** The settings of this program, by name; those that are objects are parsed. */
function ownSettings({ namespace, config }: SettingsSource): Record<string, unknown> {
  const prefix = `${namespace}:`;
  return Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => {
        const name = key.slice(prefix.length);
        return [name, objectSettings.has(name) ? parseObject(value) : value];
      }),
  );
}

/** A value that is no JSON stays a text, which the schema then refuses with a message. */
function parseObject(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** zod's message for what no rule of ours explains. */
function defaultError({ code, input, expected }: { code: string; input?: unknown; expected?: unknown }) {
  if (code !== "invalid_type") return undefined;
  return input === undefined ? "is not set" : `${JSON.stringify(input)} must be a ${String(expected)}`;
}

function describe(namespace: string, issue: { code: string; path: PropertyKey[]; message: string; keys?: string[] }) {
  const path = (keys: PropertyKey[]) => `${namespace}:${keys.map(String).join(".")}`;
  if (issue.code === "unrecognized_keys") {
    return (issue.keys ?? []).map((key) => `${path([...issue.path, key])} is not a setting`);
  }
  return [`${path(issue.path)} ${issue.message}`];
}
