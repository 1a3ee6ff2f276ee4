import { Readable } from "node:stream";

/**
 * Does something for each, some at once: a command of Pulumi's takes a second where the state is far away, and a process
 * of its own each time.
 *
 * @param concurrency how many at once. Default: 4
 * @returns what came of each, in their order
 */
export function someAtOnce<Item, Result>(
  items: Item[],
  action: (item: Item) => Promise<Result>,
  concurrency = 4,
): Promise<Result[]> {
  return Readable.from(items).map(action, { concurrency }).toArray();
}
