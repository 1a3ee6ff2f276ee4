import * as z from "zod";
import type { CloudSettings } from "../cloud/settings";
import { stackSettings } from "./stack-settings";
import type { TeamSettings } from "./team-settings";

/** The settings of the stack `local`, and what is to be said about them. */
export interface LocalSettings {
  config: Record<string, unknown>;
  notes: string[];
}

/** Settings that lead to what a local cloud does not have, and what the program does without them. */
const notHere: Record<string, string> = {
  branchEnvironment: "the stack is no branch environment's",
  infrastructurePipeline: "there is no service connection to Azure for it to deploy through",
};

/** Model pipelines whose definitions exist, in the team's own Azure DevOps. */
const modelPipelines = z.array(z.union([z.string(), z.looseObject({ adopt: z.unknown().optional() })]));

const newRegistry = z.looseObject({ kind: z.literal("new") });
const secret = z.object({ secure: z.unknown() });

/**
 * A team's own settings for the local cloud: the same but for what must differ, which is where the services are, what
 * has to exist already, and secrets, which only the team's own stack can decrypt.
 *
 * @param lockFolder the local cloud's folder of lock files, from the repository's root
 */
export function localSettings(team: TeamSettings, cloud: CloudSettings, lockFolder: string): LocalSettings {
  const local = { ...stackSettings(cloud, team.project), [`${team.project}:lockFolder`]: lockFolder };
  const notes: string[] = [];
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(team.config)) {
    const [namespace = "", name = ""] = key.split(":");
    const reason = namespace === team.project ? notHere[name] : undefined;
    if (secret.safeParse(value).success) notes.push(`${key}: only the stack ${team.stack} can decrypt it`);
    else if (reason !== undefined) notes.push(`${key}: ${reason}`);
    else if (!isOfProvider(key)) kept[key] = key === `${team.project}:modelPipelines` ? withoutAdoption(value) : value;
  }
  const registryKey = `${team.project}:registry`;
  const registry = newRegistry.safeParse(team.config[registryKey]);
  if (registry.success) {
    // A new one stays as it is, but for the private network, in which this machine is not.
    const { publicNetworkAccess: _, ...same } = registry.data;
    local[registryKey] = same;
  }
  return { config: { ...kept, ...local, ...locationOf(team) }, notes };
}

/** In the local cloud the stack makes the definitions that it takes up elsewhere. */
function withoutAdoption(value: unknown): unknown {
  const { data: pipelines } = modelPipelines.safeParse(value);
  if (pipelines === undefined) return value;
  return pipelines.map((pipeline) => {
    if (typeof pipeline === "string") return pipeline;
    const { adopt: _, ...made } = pipeline;
    return made;
  });
}

/** Where the real Azure and Azure DevOps are, and who signs in there. The local ones are in the environment. */
function isOfProvider(key: string): boolean {
  return key.startsWith("azuredevops:") || key.startsWith("azure-native:");
}

/** The region alone says nothing about where Azure is. */
function locationOf({ config }: TeamSettings): Record<string, unknown> {
  const location = config["azure-native:location"];
  return location === undefined ? {} : { "azure-native:location": location };
}
