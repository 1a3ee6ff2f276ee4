import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheDirectory, makeDirectory } from "../../../local-cloud/toolchain/cache";
import { talking } from "./printed";

const version = "3.37.0";

/** Azurite (https://github.com/Azure/Azurite), Microsoft's own Azure Blob Storage for tests. Installed once per machine. */
export class Azurite {
  /** The account that Azurite has, with the key that its documentation gives. */
  readonly environment: Record<
    "AZURE_STORAGE_ACCOUNT" | "AZURE_STORAGE_KEY" | "AZURE_STORAGE_DOMAIN" | "AZURE_STORAGE_PROTOCOL",
    string
  >;

  private constructor(
    address: string,
    readonly stop: () => Promise<void>,
  ) {
    this.environment = {
      AZURE_STORAGE_ACCOUNT: "devstoreaccount1",
      AZURE_STORAGE_KEY: "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
      AZURE_STORAGE_DOMAIN: address,
      AZURE_STORAGE_PROTOCOL: "http",
    };
  }

  static async start(): Promise<Azurite> {
    const installed = join(cacheDirectory(), `azurite-${version}`);
    if (!existsSync(installed)) {
      await makeDirectory(installed, async (partial) => {
        execFileSync("npm", ["install", "--prefix", partial, "--ignore-scripts", "--no-audit", `azurite@${version}`]);
      });
    }
    const location = mkdtempSync(join(tmpdir(), "azurite-"));
    const main = join(installed, "node_modules/azurite/dist/src/blob/main.js");
    const options = ["--blobHost", "127.0.0.1", "--blobPort", "0", "--location", location, "--disableTelemetry"];
    // The library names a version of the API that is newer than this Azurite.
    options.push("--skipApiVersionCheck");
    const server = talking(spawn(process.execPath, [main, ...options]));
    const ended = once(server, "exit");
    const stop = async () => {
      server.kill();
      await ended;
      rmSync(location, { recursive: true });
    };
    for (;;) {
      const address = /listens on http:\/\/(127\.0\.0\.1:\d+)/.exec(server.said)?.[1];
      if (address !== undefined) return new Azurite(address, stop);
      if (server.exitCode !== null) throw new Error(`Azurite ended: ${server.said}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
