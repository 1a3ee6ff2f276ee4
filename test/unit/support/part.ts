import type { RunPart } from "../../../local-cloud/agent/run";

/** A part of a run, whose name is its id. */
export function part(id: string, type: RunPart["type"], parentId: string | undefined, order = 1): RunPart {
  return { id, parentId, type, name: id, identifier: id, order };
}
