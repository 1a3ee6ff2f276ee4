import type { Part } from "../../../local-cloud/agent/run";

/** A part of a run, whose name is its id. */
export function part(id: string, type: Part["type"], parentId: string | undefined, order = 1): Part {
  return { id, parentId, type, name: id, identifier: id, order };
}
