import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { layoutOf } from "../../../sandbox/layout";
import { up } from "../../../sandbox/up";
import { directoryVariable, testPort } from "./local-cloud";

/** Starts the integration tests' local cloud, once for all of them. */
export default async function startLocalCloud(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "job-container-"));
  process.env[directoryVariable] = directory;
  await up(layoutOf(directory), testPort);
}
