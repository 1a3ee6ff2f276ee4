import { type Json, type JsonObject, stringOf } from "../../azure/json";
import { hasUnknown, NotImplemented, type ResourceOperations, typeOf, unknownValue } from "../provider";
import { findFailures, withDefaults } from "./check";
import { type AzureClient, AzureError } from "./client";
import { diffInputs, refreshInputs } from "./diff";
import { type ResourceSpec, resourceSpecs } from "./resource-types";
import { bodyOf, inputsFrom, outputsOf, parseId, pathOf, previewOf } from "./shape";

/**
 * Resources of azure-native, over Resource Manager's API.
 *
 * @param connect the configured client. @param location setting `azure-native:location`.
 */
export function resourceOperations(connect: () => AzureClient, location: () => string | undefined): ResourceOperations {
  return {
    async check(request) {
      const spec = specOf(request.urn);
      const inputs = await withDefaults(
        spec,
        request,
        async () => location() ?? groupLocation(connect(), request.inputs),
      );
      return { inputs, failures: findFailures(typeOf(request.urn), spec, inputs) };
    },

    diff: (urn, oldInputs, inputs) => diffInputs(specOf(urn), oldInputs, inputs),
    preview: (urn, inputs, old) => previewOf(specOf(urn), inputs, old),

    async create(urn, inputs) {
      const [spec, client] = [specOf(urn), connect()];
      const id = idOf(spec, client, inputs);
      if ((await find(client, spec, id)) !== undefined) {
        throw new Error(`cannot create already existing resource '${id}'`);
      }
      const response = await client.request("PUT", id, spec.apiVersion, bodyOf(spec, inputs));
      return { id: stringOf(response.id) ?? id, outputs: outputsOf(spec, response) };
    },

    async read(urn, id, old) {
      const [spec, client] = [specOf(urn), connect()];
      const fromId = parseId(spec.path, id);
      if (fromId === undefined) throw new Error(`'${id}' is no id of ${typeOf(urn)}: expected ${spec.path}`);
      const response = await find(client, spec, id);
      if (response === undefined) return undefined;
      const outputs = outputsOf(spec, response);
      const inputs =
        old === undefined
          ? { ...inputsFrom(spec, outputs), ...fromId, azureApiVersion: spec.apiVersion }
          : refreshInputs(old.inputs, inputsFrom(spec, old.outputs), inputsFrom(spec, outputs));
      return { outputs, inputs };
    },

    async update(urn, id, inputs) {
      const spec = specOf(urn);
      return outputsOf(spec, await connect().request("PUT", id, spec.apiVersion, bodyOf(spec, inputs)));
    },

    async delete(urn, id) {
      try {
        await connect().request("DELETE", id, specOf(urn).apiVersion);
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    },
  };
}

function specOf(urn: string): ResourceSpec {
  const spec = resourceSpecs[typeOf(urn)];
  if (spec === undefined) {
    throw new NotImplemented(`the local cloud's azure-native plugin has no resource type ${typeOf(urn)}`);
  }
  return spec;
}

function idOf(spec: ResourceSpec, client: AzureClient, inputs: JsonObject): string {
  return pathOf(spec.path, { ...inputs, subscriptionId: client.config.subscriptionId });
}

async function find(client: AzureClient, spec: ResourceSpec, id: string): Promise<JsonObject | undefined> {
  try {
    return await client.request("GET", id, spec.apiVersion);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** A resource without a location is put where its resource group is; unknown while the group is. */
async function groupLocation(client: AzureClient, inputs: JsonObject): Promise<Json | undefined> {
  const group = inputs.resourceGroupName;
  if (hasUnknown(group)) return unknownValue;
  if (typeof group !== "string") return undefined;
  const id = `/subscriptions/${client.config.subscriptionId}/resourceGroups/${group}`;
  try {
    return (await client.request("GET", id, "2020-10-01")).location;
  } catch (error) {
    if (error instanceof AzureError) return undefined;
    throw error;
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof AzureError && error.status === 404;
}
