import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { layoutOf } from "../../../local-cloud/cloud/layout";
import { up } from "../../../local-cloud/cloud/up";
import { reservePorts } from "../../support/ports";
import { projectRepository } from "../../support/repository";
import { directoryVariable } from "./local-cloud";

/** Starts the integration tests' local cloud, once for all of them. */
export default async function startLocalCloud(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "job-container-"));
  process.env[directoryVariable] = directory;
  await up(layoutOf(directory), { repository: projectRepository, port: await reservePorts() });
}
