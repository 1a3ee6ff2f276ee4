import { setTimeout } from "node:timers/promises";

type Log = Record<"debug" | "info" | "warn" | "error", (...args: unknown[]) => Promise<void>>;

const { joinDebugMessages }: { joinDebugMessages(log: Log): void } = require("../../../src/fast/debug-messages");

/** Pulumi's `log`, with the preload, and what it was asked to send. */
function joined() {
  const sent: unknown[][] = [];
  const log = Object.fromEntries(
    (["debug", "info", "warn", "error"] as const).map((level) => [
      level,
      async (...args: unknown[]) => void sent.push([level, ...args]),
    ]),
  ) as Log;
  joinDebugMessages(log);
  return { log, sent };
}

/** Longer than a message waits for others. */
const longer = 600;

test("debug messages of a while are sent as one, in their order", async () => {
  const { log, sent } = joined();
  await Promise.all([log.debug("a"), log.debug("b"), log.debug("c")]);
  expect(sent).toEqual([]);
  await setTimeout(longer);
  expect(sent).toEqual([["debug", "a\nb\nc"]]);
  log.debug("d");
  await setTimeout(longer);
  expect(sent).toEqual([
    ["debug", "a\nb\nc"],
    ["debug", "d"],
  ]);
});

test.each(["info", "warn", "error"] as const)(
  "those before a message of level %s are sent before it",
  async (level) => {
    const { log, sent } = joined();
    log.debug("a");
    await log[level]("b", "its resource");
    log.debug("c");
    await setTimeout(longer);
    expect(sent).toEqual([
      ["debug", "a"],
      [level, "b", "its resource"],
      ["debug", "c"],
    ]);
  },
);

test("one that is about a resource is sent for itself, in its place", async () => {
  const { log, sent } = joined();
  log.debug("a");
  await log.debug("b", "its resource");
  log.debug("c", undefined);
  await setTimeout(longer);
  expect(sent).toEqual([
    ["debug", "a"],
    ["debug", "b", "its resource"],
    ["debug", "c"],
  ]);
});

test("those that wait when the program is at its end are sent", () => {
  const before = process.listeners("beforeExit");
  const { log, sent } = joined();
  log.debug("a");
  for (const listener of process.listeners("beforeExit")) if (!before.includes(listener)) listener(0);
  expect(sent).toEqual([["debug", "a"]]);
});

test("a log that is met again is left as it is", async () => {
  const { log, sent } = joined();
  joinDebugMessages(log);
  log.debug("a");
  await setTimeout(longer);
  expect(sent).toEqual([["debug", "a"]]);
});
