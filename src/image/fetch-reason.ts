import { types } from "node:util";

/** Why `fetch` failed, which Node hides in the error's cause. */
export function fetchReason(error: unknown): string {
  if (!types.isNativeError(error)) return String(error);
  return types.isNativeError(error.cause) ? error.cause.message || error.cause.name : error.message;
}
