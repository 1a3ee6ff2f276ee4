import { UserError } from "../../src/common/errors";

const interruptions = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Does tasks in their order, a few at a time. When one fails the others are stopped; so they are by Ctrl-C and the like.
 * Either way it returns only after the last has cleaned up behind itself.
 *
 * @throws what the first failed task threw; UserError after an interruption
 */
export async function workThrough(tasks: ((signal: AbortSignal) => Promise<void>)[], atOnce: number): Promise<void> {
  const controller = new AbortController();
  const interrupt = () =>
    controller.abort(new UserError("Interrupted. Run the same command again: it goes on from where it was."));
  for (const name of interruptions) process.on(name, interrupt);
  const left = [...tasks];
  const worker = async () => {
    while (!controller.signal.aborted) {
      const task = left.shift();
      if (!task) return;
      await task(controller.signal).catch((error) => controller.abort(error));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  for (const name of interruptions) process.off(name, interrupt);
  controller.signal.throwIfAborted();
}
