import { mkdirSync } from "node:fs";
import { UserError } from "../../src/common/errors";
import { Progress } from "../../src/common/progress";
import { makeBaseImage } from "../base-image";
import { unstopped } from "../base-image/inside";
import { publishBaseImage } from "../base-image/publication";
import { makeChannel } from "../channel";
import { installDockerLogin } from "../docker-login/install";
import { requireFree } from "../processes/listeners";
import { withLock } from "../processes/lock";
import { stopProcesses } from "../processes/processes";
import type { TeamRepository } from "../repository/team-repository";
import { installToolchain } from "../toolchain";
import { cacheDirectory } from "../toolchain/cache";
import { addressesOf } from "./addresses";
import { launchSupervisor } from "./launch";
import type { Layout } from "./layout";
import { portPlan, readRegistries } from "./port-plan";
import { preparePulumiHome } from "./pulumi-home";
import { requireLinuxRoot } from "./requirements";
import { settingsFor, writeCloudSettings } from "./settings";
import { cloudStatus } from "./status";

/** What is to come up. */
export interface UpOptions {
  /** The repository that a new local cloud serves. */
  repository: TeamRepository;
  /** The base port; without one the directory's own, or the default for a new directory. */
  port?: number;
  /** Leaves there what is only needed while something is made: see toolchain/build-caches.ts. */
  keepBuildCache?: boolean;
  /** Makes what programs in other languages than Node's need as well. */
  languages?: boolean;
}

/**
 * Starts the local cloud, with everything that it needs first, showing its progress on standard error. May be
 * repeated: what is there already is used as it is. When it fails or is interrupted, what it started is ended again.
 * @returns whether it was started; false when it ran already.
 * @throws UserError
 */
export async function up(layout: Layout, { repository, port, keepBuildCache, languages }: UpOptions): Promise<boolean> {
  requireLinuxRoot(process.platform, process.getuid?.());
  return withLock(layout.lock, "local-cloud up", async () => {
    const settings = settingsFor(layout, repository, port);
    const plan = () => portPlan(settings.port, readRegistries(layout));
    const runs = cloudStatus(layout).running;
    if (!runs) {
      await stopProcesses(layout.processes); // what a killed supervisor left
      await requireFree(plan()); // now, rather than after minutes of building
    }

    const cache = cacheDirectory();
    const toolchain = await installToolchain({
      keepBuildCache,
      languages,
      besides: {
        name: "base image and conda channel",
        async make(work) {
          await makeChannel(cache, await makeBaseImage(cache, work), work, keepBuildCache);
        },
      },
    });
    const progress = new Progress(runs ? 3 : 4);
    const image = await progress.part("base image", (detail) => makeBaseImage(cache, unstopped(detail)));
    const channel = await progress.part("conda channel", (detail) =>
      makeChannel(cache, image, unstopped(detail), keepBuildCache),
    );
    writeCloudSettings(layout, settings);
    for (const directory of [layout.stacks, layout.condaLocks]) mkdirSync(directory, { recursive: true });
    installDockerLogin(layout);
    await preparePulumiHome(layout, toolchain);

    await orUndo(
      async () => {
        if (!runs) {
          await requireFree(plan());
          const options = {
            directory: layout.directory,
            settings,
            repositoryRoot: repository.root,
            toolchain,
            channel,
          };
          await progress.part("services", () => launchSupervisor(layout, options));
        }
        const { publicRegistry } = addressesOf(settings.port);
        await progress.part("base image in the public registry", () =>
          publishBaseImage(publicRegistry, layout.publicRegistry, image),
        );
      },
      async () => {
        if (!runs) await stopProcesses(layout.processes);
      },
    );
    return !runs;
  });
}

/** Does something as a whole or not at all, whether it fails or a signal interrupts it. */
async function orUndo(action: () => Promise<void>, undo: () => Promise<void>): Promise<void> {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  let interrupt = () => {};
  const interrupted = new Promise<never>((_, reject) => {
    interrupt = () => reject(new UserError("interrupted; what had been started was ended again."));
  });
  for (const signal of signals) process.on(signal, interrupt);
  try {
    await Promise.race([action(), interrupted]);
  } catch (error) {
    await undo();
    throw error;
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}
