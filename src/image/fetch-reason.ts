import { types } from "node:util";

/** Why `fetch` failed, which Node hides in the error's cause, and in that one's where a proxy refuses. */
export function fetchReason(error: unknown): string {
  if (!types.isNativeError(error)) return String(error);
  return types.isNativeError(error.cause) ? fetchReason(error.cause) : error.message || error.name;
}
