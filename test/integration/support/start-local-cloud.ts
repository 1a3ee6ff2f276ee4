import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { layoutOf } from "../../../local-cloud/cloud/layout";
import { up } from "../../../local-cloud/cloud/up";
import { isFree } from "../../../local-cloud/processes/process";
import { directoryVariable, testPorts } from "./local-cloud";

/** Starts the integration tests' local cloud, once for all of them. */
export default async function startLocalCloud(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "job-container-"));
  process.env[directoryVariable] = directory;
  await up(layoutOf(directory), await freePort());
}

/** Base ports whose first port is taken are another run's. */
async function freePort(): Promise<number | undefined> {
  for (const port of testPorts) if (await isFree(port)) return port;
  return testPorts[0]; // which then says who has it
}
