import { type Browser, chromium } from "playwright-core";
import { installParts } from "../../../local-cloud/toolchain";
import { cacheDirectory } from "../../../local-cloud/toolchain/cache";
import { findProgram } from "../../../local-cloud/toolchain/packages";

/** Starts Debian's Chromium, which is installed first where it is not there. */
export async function startBrowser(): Promise<Browser> {
  const find = () => findProgram("chromium", process.env);
  if (find() === undefined) await installParts([], ["chromium"], cacheDirectory());
  // Chromium has no sandbox of its own for root; what it loads here is this machine's.
  return chromium.launch({ executablePath: find() ?? "chromium", args: ["--no-sandbox"] });
}
