import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../src/common/errors";
import { cleanUpAgent } from "../agent/agent";
import { cleanUpBuildkit } from "../buildkit/buildkit";
import { holdersOf } from "../processes/listeners";
import { withLock } from "../processes/lock";
import { unmountBelow } from "../processes/mounts";
import type { ProcessRecord } from "../processes/process";
import { stopProcesses } from "../processes/processes";
import { removeStackSettings } from "../start/stack-settings";
import { type Layout, portsFrom } from "./layout";
import { portPlan, readRegistries } from "./port-plan";
import { readCloudSettings } from "./settings";
import { removeVariables } from "./variables";

/**
 * Ends the local cloud: exactly the processes that it has started. Its state stays.
 * @returns what was ended; nothing when it did not run.
 * @throws UserError when something still listens on one of its ports afterwards.
 */
export async function stop(layout: Layout): Promise<ProcessRecord[]> {
  if (readCloudSettings(layout) === undefined) return [];
  return withLock(layout.lock, "local-cloud stop", () => end(layout));
}

/**
 * Ends the local cloud and removes its directory with all its state, and the settings of its stack.
 * @returns whether there was one.
 * @throws UserError when the directory is something else's.
 */
export async function reset(layout: Layout): Promise<boolean> {
  const { directory } = layout;
  if (!existsSync(directory)) return false;
  const settings = readCloudSettings(layout);
  if (settings === undefined) {
    throw new UserError(
      `the directory ${directory} (option --directory) holds no local cloud: there is no settings.json in it. ` +
        "Nothing was removed.",
    );
  }
  await withLock(layout.lock, "local-cloud reset", async () => {
    await end(layout);
    unmountBelow(directory);
    removeStackSettings(layout, settings);
    const kept = new Set([layout.settings, layout.lock]);
    for (const path of readdirSync(directory).map((name) => join(directory, name))) {
      if (!kept.has(path)) rmSync(path, { recursive: true, force: true });
    }
    rmSync(layout.settings); // last: until here an interrupted reset can be done again
  });
  return true;
}

/** A damaged list of the registries, which `reset` is the way out of, keeps nobody from ending them. */
function registriesOf(layout: Layout) {
  try {
    return readRegistries(layout);
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

async function end(layout: Layout): Promise<ProcessRecord[]> {
  const ended = await stopProcesses(layout.processes);
  removeVariables(layout); // of a supervisor that was killed
  const settings = readCloudSettings(layout);
  if (settings !== undefined) {
    await cleanUpAgent(layout.directory);
    await cleanUpBuildkit(layout.directory, portsFrom(settings.port).buildkit);
  }
  if (ended.length > 0 && settings !== undefined) {
    const left = await holdersOf(portPlan(settings.port, registriesOf(layout)));
    if (left.length > 0)
      throw new UserError(`the local cloud has ended, but some of its ports are taken:\n  ${left.join("\n  ")}`);
  }
  return ended;
}
