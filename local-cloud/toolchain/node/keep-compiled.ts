import { flushCompileCache } from "node:module";

/**
 * Keeps what Node has compiled of this program for its next start, where NODE_COMPILE_CACHE says. Node does so by itself
 * when a program ends, but the engine kills those that it starts.
 */
export function keepCompiled(): void {
  setImmediate(() => flushCompileCache?.());
}
