import type { RegistryHost } from "../../registry/host";
import type { JsonObject } from "../json";
import type { ArmResource, AzureState } from "../state";
import { environmentVersions } from "./environment-versions";
import { federatedIdentityCredentials } from "./federated-identity-credentials";
import { registries } from "./registries";
import { userAssignedIdentities } from "./user-assigned-identities";
import { workspaces } from "./workspaces";

/** What a resource type has at hand while a resource of it is put. */
export interface PutContext {
  state: AzureState;
  registries: RegistryHost;
  /** Id that the resource has or will have. */
  id: string;
  name: string;
  /** The request's body; on a PATCH, the kept resource with the body laid over it. */
  body: JsonObject;
  /** The resource as it is, absent when it is about to be created. */
  existing: ArmResource | undefined;
}

/** What a resource type decides about a resource: the rest (id, tags, location) is the same for all. */
export type Put = Pick<ArmResource, "properties" | "sku" | "identity" | "kind">;

/** One resource type: its rules, and what is peculiar in how it is kept and shown. */
export interface ResourceType {
  /** With the namespace, for example `Microsoft.ContainerRegistry/registries`. */
  type: string;
  apiVersions: readonly string[];
  /** Whether the first resource of the type makes the one that it is below, so that only that one's parent must exist. */
  makesParent?: true;
  /** Whether its resources have a location and tags. */
  tracked: boolean;
  /** Top-level members of a body beside location and tags. */
  members: readonly string[];
  /** Throws an ArmError unless the service takes the name. */
  checkName(name: string, id: string): void;
  /** Throws an ArmError, or returns what to keep. Nothing of the state is changed before it returns. */
  put(context: PutContext): Promise<Put>;
  /** The `properties` as an API version shows them. */
  show(resource: ArmResource, apiVersion: string): JsonObject;
  /** Undoes what `put` made outside the state. */
  remove?(resource: ArmResource, registries: RegistryHost): Promise<void>;
}

/** The resource types that the local cloud emulates. */
export const resourceTypes: readonly ResourceType[] = [
  registries,
  workspaces,
  environmentVersions,
  userAssignedIdentities,
  federatedIdentityCredentials,
];
